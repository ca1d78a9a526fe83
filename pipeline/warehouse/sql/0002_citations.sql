-- One row a provision that a power's basis cites, with the verdict of the last check, by version of the catalogue.
CREATE TABLE base.citations (
    unit VARCHAR, version INTEGER, ordinal INTEGER, key VARCHAR, turn INTEGER, text VARCHAR, span_start INTEGER,
    span_end INTEGER, title VARCHAR, canonical_title VARCHAR, statute_id VARCHAR, level VARCHAR, article INTEGER,
    suffix INTEGER, paragraph INTEGER, item INTEGER, subitem INTEGER, document_number VARCHAR, conclusion VARCHAR,
    reviewed DATE, version_date DATE, suggestion VARCHAR
);
