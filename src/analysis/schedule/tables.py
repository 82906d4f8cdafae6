"""The tables of the ledger, as they came to be."""

from __future__ import annotations

#: What brings the ledger from one version to the next; the number of those done is its
#: `user_version`. Never change one that is out: add another.
MIGRATIONS = (
    """
    CREATE TABLE slot (
        schedule TEXT NOT NULL,
        slot TEXT NOT NULL,
        as_of TEXT NOT NULL,
        report TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('owed', 'running', 'done', 'failed', 'skipped')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        started TEXT,
        ended TEXT,
        seconds REAL,
        folder TEXT,
        reason TEXT,
        cell TEXT,
        PRIMARY KEY (schedule, slot)
    ) STRICT;
    CREATE INDEX slot_by_state ON slot (state);
    CREATE TABLE publication (
        folder TEXT PRIMARY KEY,
        report TEXT NOT NULL,
        as_of TEXT NOT NULL,
        marking TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        published TEXT NOT NULL
    ) STRICT;
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        address TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('report', 'digest', 'failure')),
        message_id TEXT UNIQUE,
        state TEXT NOT NULL
            CHECK (state IN ('pending', 'sending', 'sent', 'parked', 'withheld')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        last_try TEXT,
        reply TEXT,
        reason TEXT,
        UNIQUE (folder, manifest_sha256, address, kind)
    ) STRICT;
    CREATE INDEX delivery_by_state ON delivery (state);
    -- A publication for whose readers there are rows; who comes later gets only newer ones.
    CREATE TABLE made_out (
        folder TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        PRIMARY KEY (folder, manifest_sha256)
    ) STRICT;
    CREATE TABLE event (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
    """,
    """
    -- When a slot was written down, and from when on a mail is to go.
    ALTER TABLE slot ADD COLUMN noted TEXT;
    UPDATE slot SET noted = coalesce(started, ended, slot);
    ALTER TABLE delivery ADD COLUMN owed TEXT;
    UPDATE delivery SET owed = coalesce(last_try, next_try);
    -- The same edition goes once, in whichever folder it lies.
    CREATE INDEX delivery_by_edition ON delivery (manifest_sha256, address);
    CREATE TABLE made_out_edition (manifest_sha256 TEXT PRIMARY KEY) STRICT;
    INSERT OR IGNORE INTO made_out_edition SELECT manifest_sha256 FROM made_out;
    DROP TABLE made_out;
    ALTER TABLE made_out_edition RENAME TO made_out;
    -- Since which as-of date a reader has been getting a report.
    CREATE TABLE reader (
        address TEXT NOT NULL,
        report TEXT NOT NULL,
        start TEXT NOT NULL,
        PRIMARY KEY (address, report)
    ) STRICT;
    INSERT INTO reader SELECT address, report, min(as_of)
        FROM delivery JOIN publication USING (folder, manifest_sha256)
        WHERE kind <> 'failure' GROUP BY address, report;
    -- What is wrong now, since when, and why; what is right again is not in it.
    CREATE TABLE trouble (
        what TEXT PRIMARY KEY,
        since TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    """,
    """
    CREATE INDEX slot_by_folder ON slot (folder);
    """,
    """
    -- Mails that correct what was sent before, or say that it was taken back.
    CREATE TABLE delivery_of_all_kinds (
        id INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        address TEXT NOT NULL,
        kind TEXT NOT NULL
            CHECK (kind IN ('report', 'digest', 'correction', 'withdrawal', 'failure')),
        message_id TEXT UNIQUE,
        state TEXT NOT NULL
            CHECK (state IN ('pending', 'sending', 'sent', 'parked', 'withheld')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        last_try TEXT,
        reply TEXT,
        reason TEXT,
        owed TEXT,
        UNIQUE (folder, manifest_sha256, address, kind)
    ) STRICT;
    INSERT INTO delivery_of_all_kinds
        SELECT id, folder, manifest_sha256, address, kind, message_id, state, attempts, next_try,
            last_try, reply, reason, owed FROM delivery;
    DROP TABLE delivery;
    ALTER TABLE delivery_of_all_kinds RENAME TO delivery;
    CREATE INDEX delivery_by_state ON delivery (state);
    CREATE INDEX delivery_by_edition ON delivery (manifest_sha256, address);
    CREATE INDEX delivery_by_folder ON delivery (folder, address);
    -- Which edition of its report a publication is, and what it says of the one before.
    ALTER TABLE publication ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE publication ADD COLUMN correction TEXT NOT NULL DEFAULT '';
    -- The editions that were replaced, by where they lie below the report's folder.
    CREATE TABLE edition (
        folder TEXT PRIMARY KEY,
        manifest_sha256 TEXT NOT NULL,
        replaced TEXT NOT NULL
    ) STRICT;
    -- Publications that are to be made anew, as rows that they were made from have changed.
    CREATE TABLE remake (
        folder TEXT PRIMARY KEY,
        data TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('owed', 'made', 'failed', 'refused')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        noted TEXT NOT NULL,
        reason TEXT
    ) STRICT;
    -- What was taken back, by the manifests of its editions.
    CREATE TABLE withdrawn (
        manifest_sha256 TEXT PRIMARY KEY,
        folder TEXT NOT NULL,
        at TEXT NOT NULL,
        why TEXT NOT NULL
    ) STRICT;
    """,
    """
    -- Parameters of a publication, as JSON, by which readers choose; null until it is noted anew.
    ALTER TABLE publication ADD COLUMN parameters TEXT;
    CREATE INDEX delivery_by_address ON delivery (address, id);
    -- Messages that said that a mail could not be delivered, and were read.
    CREATE TABLE returned (
        sha256 TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        address TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    -- Commands that schedules run after they have published an edition.
    CREATE TABLE afterwards (
        manifest_sha256 TEXT NOT NULL,
        schedule TEXT NOT NULL,
        folder TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('owed', 'running', 'done', 'failed', 'skipped')),
        noted TEXT NOT NULL,
        reason TEXT,
        PRIMARY KEY (manifest_sha256, schedule)
    ) STRICT;
    -- The machines that work on the archive, when each has opened this last, and what its [site]
    -- says, if it has one, and since when.
    CREATE TABLE machine (
        name TEXT PRIMARY KEY,
        seen TEXT NOT NULL,
        title TEXT,
        address TEXT,
        clearance TEXT,
        site_since TEXT
    ) STRICT;
    -- Which of them has written a slot down, or is making it, or has made it.
    ALTER TABLE slot ADD COLUMN machine TEXT;
    """,
    """
    -- Which machine owes it: whose readers those are.
    ALTER TABLE delivery ADD COLUMN machine TEXT;
    """,
    """
    -- The newest moment at which each machine has called, by its own clock, and since when its
    -- calls have come without a gap.
    ALTER TABLE machine ADD COLUMN called TEXT;
    ALTER TABLE machine ADD COLUMN steady_since TEXT;
    -- How many calls have written: an older copy of the ledger has fewer.
    CREATE TABLE call (number INTEGER NOT NULL) STRICT;
    INSERT INTO call VALUES (0);
    """,
)
