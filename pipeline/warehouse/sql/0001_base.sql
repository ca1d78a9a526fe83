-- Base tables (schema base): the developers' business. Every row says of which unit and version it is; earlier versions stay.
-- No foreign keys and no indexes: both have known defects in DuckDB under repeated delete and insert.

CREATE TABLE base.labels (key VARCHAR, label VARCHAR);

CREATE TABLE base.runs (
    run_id VARCHAR, started TIMESTAMP, finished TIMESTAMP, state VARCHAR, as_of DATE,
    code VARCHAR, vocabulary VARCHAR, campaign VARCHAR, counts JSON
);

CREATE TABLE base.campaigns (batch VARCHAR, review_date DATE, deadline DATE, seen TIMESTAMP);

CREATE TABLE base.units (unit VARCHAR, aliases VARCHAR, parent VARCHAR, expected BOOLEAN);

CREATE TABLE base.submissions (
    unit VARCHAR, version INTEGER, batch VARCHAR, declared_date DATE, contact VARCHAR, supplement BOOLEAN,
    received TIMESTAMP, run_id VARCHAR
);

CREATE TABLE base.checks (
    unit VARCHAR, version INTEGER, as_of DATE, checked TIMESTAMP, run_id VARCHAR
);

CREATE TABLE base.files (
    unit VARCHAR, version INTEGER, ordinal INTEGER, sha256 VARCHAR, name VARCHAR, format VARCHAR, pages INTEGER,
    size BIGINT, state VARCHAR, reason VARCHAR, reason_text VARCHAR, tables INTEGER, rows INTEGER, records INTEGER,
    cells INTEGER, used_cells INTEGER, seconds DOUBLE, declared_type VARCHAR
);

CREATE TABLE base.file_tables (
    unit VARCHAR, version INTEGER, file VARCHAR, sha256 VARCHAR, ordinal INTEGER, register VARCHAR, title VARCHAR,
    place VARCHAR, columns VARCHAR[], headers VARCHAR[], rows INTEGER, records INTEGER, cells INTEGER, used_cells INTEGER,
    declared STRUCT(power_type VARCHAR, number INTEGER)[]
);

-- The version in which a unit's register of one family was last replaced, and the digest of what it holds.
CREATE TABLE base.registers (unit VARCHAR, family VARCHAR, version INTEGER, digest VARCHAR, run_id VARCHAR);

CREATE TABLE base.powers (
    unit VARCHAR, version INTEGER, ordinal INTEGER, key VARCHAR, register VARCHAR, file VARCHAR, sha256 VARCHAR,
    table_ordinal INTEGER, place VARCHAR, section VARCHAR, confidence DOUBLE, other JSON,
    sequence VARCHAR, code VARCHAR, name VARCHAR, sub_item VARCHAR, power_type VARCHAR, power_type_value VARCHAR,
    legal_basis VARCHAR, exercising_body VARCHAR, department VARCHAR, post VARCHAR, person_in_charge VARCHAR,
    supervising_leader VARCHAR, exercise_level VARCHAR, counterpart VARCHAR, conditions VARCHAR, procedure VARCHAR,
    statutory_limit VARCHAR, statutory_limit_value DOUBLE, promised_limit VARCHAR, promised_limit_value DOUBLE,
    fee_standard VARCHAR, fee_basis VARCHAR, disclosure_form VARCHAR, disclosure_scope VARCHAR, disclosure_time VARCHAR,
    duties VARCHAR, accountability VARCHAR, service_promise VARCHAR, discipline VARCHAR, hotline VARCHAR, remarks VARCHAR,
    non_disclosure_reason VARCHAR
);

CREATE TABLE base.risks (
    unit VARCHAR, version INTEGER, ordinal INTEGER, key VARCHAR, register VARCHAR, file VARCHAR, sha256 VARCHAR,
    table_ordinal INTEGER, place VARCHAR, section VARCHAR, confidence DOUBLE, other JSON,
    sequence VARCHAR, department VARCHAR, post VARCHAR, person VARCHAR, "position" VARCHAR, power_name VARCHAR,
    risk_point VARCHAR, risk_kind VARCHAR, risk_kind_value VARCHAR, manifestation VARCHAR, risk_grade VARCHAR,
    risk_grade_value INTEGER, warning_colour VARCHAR, likelihood VARCHAR, severity VARCHAR, control_measures VARCHAR,
    responsible_person VARCHAR, responsible_leader VARCHAR, deadline VARCHAR, remarks VARCHAR
);

CREATE TABLE base.statistics (
    unit VARCHAR, version INTEGER, ordinal INTEGER, key VARCHAR, register VARCHAR, file VARCHAR, sha256 VARCHAR,
    table_ordinal INTEGER, place VARCHAR, section VARCHAR, confidence DOUBLE, other JSON,
    department VARCHAR, power_type VARCHAR, power_type_value VARCHAR, "count" VARCHAR, remarks VARCHAR
);

CREATE TABLE base.post_powers (
    unit VARCHAR, version INTEGER, ordinal INTEGER, key VARCHAR, register VARCHAR, file VARCHAR, sha256 VARCHAR,
    table_ordinal INTEGER, place VARCHAR, section VARCHAR, confidence DOUBLE, other JSON,
    department VARCHAR, post VARCHAR, person VARCHAR, power_name VARCHAR, duties VARCHAR, remarks VARCHAR
);

-- One row a field of a record: what the unit wrote, what was made of it, and every place that it came from.
CREATE TABLE base.record_fields (
    unit VARCHAR, family VARCHAR, version INTEGER, key VARCHAR, ordinal INTEGER, field VARCHAR, column_name VARCHAR,
    header VARCHAR, raw VARCHAR, text VARCHAR, value VARCHAR, reading INTEGER, reading_label VARCHAR, confidence DOUBLE,
    file VARCHAR, sha256 VARCHAR, place VARCHAR, other_places VARCHAR, table_number INTEGER, row_number INTEGER,
    column_number INTEGER, sources STRUCT(place VARCHAR, raw VARCHAR)[]
);

-- One row a finding for ever: is_open says whether the unit's latest check still has it.
CREATE TABLE base.findings (
    key VARCHAR, unit VARCHAR, batch VARCHAR, code VARCHAR, severity VARCHAR, subject VARCHAR, subject_key VARCHAR,
    subject_name VARCHAR, field VARCHAR, file VARCHAR, place VARCHAR, quote VARCHAR, span_start INTEGER, span_end INTEGER,
    message VARCHAR, advice VARCHAR, basis VARCHAR, is_open BOOLEAN, first_seen TIMESTAMP, last_seen TIMESTAMP,
    first_version INTEGER, last_version INTEGER, ordinal INTEGER
);

CREATE TABLE base.rule_runs (
    unit VARCHAR, version INTEGER, batch VARCHAR, ordinal INTEGER, code VARCHAR, objects INTEGER, hits INTEGER,
    not_run VARCHAR
);
