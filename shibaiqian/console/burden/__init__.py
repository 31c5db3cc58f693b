"""What posted officials are asked to write, by whom, and what it costs them (domain.md §12): a registry of forms, and a meter over it.

`forms` lists everything an official may be asked to fill in: who asks and by what rule, how often, for what, how long it is kept,
and which fact of the domain each field fills. A guard test holds it against the forms and the kinds of the phone themselves, and
against asking anything twice. `meter` estimates minutes from what was recorded (never from time on a page: nothing here measures
how long anybody is online), for a place and never for a person.
"""
