"""The forms of the programme, one module each: a plain value in, a document out. No I/O, no Django.

Forms are printed from what the register knows; what only a hand can add (opinions, signatures, seals) is left as room. None
of them ever carries an ID number or a telephone of a person; `privacy.refuse_private` looks at what is published.
"""
