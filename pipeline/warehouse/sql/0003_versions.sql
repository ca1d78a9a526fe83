-- Until which moment the views look: everything, but for a question about an earlier state (pipeline/warehouse/readonly_sql.py).
CREATE TABLE base.horizon (moment TIMESTAMP);
INSERT INTO base.horizon VALUES ('infinity');

-- A finding is a row a version in which it was found; is_open: whether the last check of that version still had it.
CREATE TABLE base.findings_of_versions AS
SELECT key, unit, last_version AS version, batch, code, severity, subject, subject_key, subject_name, field, file, place,
    quote, span_start, span_end, message, advice, basis, is_open, first_seen, last_seen, ordinal
FROM base.findings;
DROP TABLE base.findings;
ALTER TABLE base.findings_of_versions RENAME TO findings;

-- What a version of a register changed: change is added, removed, modified or renamed; previous is the version before.
CREATE TABLE base.changes (
    unit VARCHAR, family VARCHAR, version INTEGER, previous INTEGER, ordinal INTEGER, key VARCHAR, name VARCHAR,
    change VARCHAR, field VARCHAR, old VARCHAR, new VARCHAR, similarity DOUBLE, withdrawn BOOLEAN
);

-- The reviewers' decisions and the units' answers, copied from the workspace's decisions.sqlite at each publication.
CREATE TABLE base.decisions (
    number BIGINT, subject VARCHAR, key VARCHAR, unit VARCHAR, decision VARCHAR, part VARCHAR, label VARCHAR,
    decided TIMESTAMP, version INTEGER, comment VARCHAR, reviewer VARCHAR, other VARCHAR, judged VARCHAR
);

-- Rows that the files of a version list and that a reviewer has withdrawn.
CREATE TABLE base.withdrawn (unit VARCHAR, family VARCHAR, version INTEGER, key VARCHAR);
