"""Delivery: each reader gets by mail what they subscribed to and may see, once.

`hand_out.hand_out(...)` is the story of `brinkwatch deliver`: `publication` reads what is
published, `clearance` says who may see it, `owing` who gets it, `message` writes the mail, `outbox`
remembers what was sent to whom, `smtp` hands it to the server. `corrections` lists what was
corrected and who has heard of it.

Whether a document can be trusted: `signature` signs it, with `timestamps`, and `verify` says what
it is worth: by `validation`, by what the `container` of a signature has to look like, and by whom
`trust` believes.
"""
