"""Mechanical repairs: what spreadsheets and other programs do to a table when they save it.

A repair is made only where one reading is possible; what allows two is left as it is and told. So
none ever changes what a value means. `check` names what these repairs would mend together with what
is left then, `brinkwatch record tidy` makes them.

:mod:`.encoding` reads the letters, :mod:`.layout` finds rows and fields, :mod:`.ragged` what a row
of another length lacks, :mod:`.values` and :mod:`.dates` what fields were, :mod:`.whole` puts these
together for a file, :mod:`.folder` for the folder of a record. :mod:`.usual` and :mod:`.zeros` give
a good file back as it was where no rule is broken, :mod:`.doubts` names what may be meant.
"""
