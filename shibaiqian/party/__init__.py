"""Party: basic party organisations put in order (整顿). Weak and lax (软弱涣散) and lagging (后进) are different labels.

The standing checklists and activities come later; here is what the figures need.
"""
