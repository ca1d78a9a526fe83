-- The public powers of each unit's latest catalogue, as they are compared with those of the other units.
CREATE TABLE base.claims (
    unit VARCHAR, ordinal INTEGER, key VARCHAR, signature VARCHAR, name VARCHAR, power_type VARCHAR,
    counterpart VARCHAR, level VARCHAR, bodies VARCHAR, statutes VARCHAR[], file VARCHAR, place VARCHAR
);

-- What the next comparison must look at: units that were loaded since the last, and the signatures of their powers
-- before and after. Written with the load itself, so that a killed run leaves nothing out.
CREATE TABLE base.city_due (unit VARCHAR, signature VARCHAR);
