-- What the campaign of the last run says: rewritten by each run. stages: a fixed day, or days after an event.
ALTER TABLE base.campaigns ADD COLUMN title VARCHAR;
ALTER TABLE base.campaigns ADD COLUMN document VARCHAR;
ALTER TABLE base.campaigns ADD COLUMN opening DATE;
CREATE TABLE base.stages (stage VARCHAR, due DATE, days INTEGER, working BOOLEAN, after VARCHAR);
CREATE TABLE base.expected_units (
    ordinal INTEGER, unit VARCHAR, names VARCHAR[], aliases VARCHAR[], parent VARCHAR, expected BOOLEAN,
    registers VARCHAR[], deadline DATE
);

-- number: working days up to and with this one. known: the holidays of its year are known, not its weekends alone.
CREATE TABLE base.calendar (day DATE, working BOOLEAN, number INTEGER, known BOOLEAN);

-- The day on which a version was first found to have errors, and so went back to its unit.
CREATE TABLE base.returns (unit VARCHAR, version INTEGER, returned DATE);

-- When a finding that is no longer open was closed.
CREATE TABLE base.closings (unit VARCHAR, key VARCHAR, closed TIMESTAMP);
