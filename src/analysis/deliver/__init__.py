"""Delivery: each reader gets what they subscribed to and may see, once; by mail, or a webhook.

`hand_out.hand_out(...)` is the story of `brinkwatch deliver`: `publication` reads what is
published, `clearance` says who may see it, `owing` who gets it, `contents` what goes into each
message. `outbox` remembers what was sent to whom; what a delivery may become, `course` says.
`by_mail` sends mails, which `message` writes and `smtp` hands over; `by_webhook` sends what
`payloads` writes and `webhook` hands over. What came back, by the `inbox`, `returned` takes in.
`corrections` lists what was corrected and who has heard
of it.

Whether a document can be trusted: `signature` signs it, with `timestamps`, and `verify` says what
it is worth: by `validation`, by what the `container` of a signature has to look like, and by whom
`trust` believes.
"""
