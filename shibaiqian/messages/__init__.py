"""Notices to people: in the product, by e-mail, by a group robot; gathered into one digest a day.

A message says what to do and where, and never anything personal: the page it leads to asks who is looking. Outside working
hours nothing leaves the product except emergencies. Nobody is counted by what they read.
"""
