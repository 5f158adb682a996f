// The link to an order of version 17 carries its number in the fragment, which a server never sees.
const id = location.pathname === "/web" && new URLSearchParams(location.hash.slice(1)).get("id");
if (id && /^\d+$/.test(id)) location.replace("/odoo/purchase/" + id);
