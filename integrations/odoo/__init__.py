"""Odoo as the portal knows it: plain functions over a connection. No models of ours in here."""
