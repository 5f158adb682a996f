"""What became true of an order elsewhere. Values are plain, so that who listens needs no model of this app."""

from django.dispatch import Signal

# request, order (its name), prices ([{line, name, agreed, price}]: the lines that cost more than they may; [] again none),
# arrived (bool: everything came, it is not asked about again), by
order_priced = Signal()
