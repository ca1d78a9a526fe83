-- The power that a risk point certainly means, by its key: worked out at each check (pipeline/rules/meant_powers.py).
DROP VIEW IF EXISTS base.power_names;
ALTER TABLE base.risks ADD COLUMN power_key VARCHAR;

-- Until a unit is checked again: the one power of exactly that name.
UPDATE base.risks SET power_key = (
    SELECT CASE WHEN count(DISTINCT p.key) = 1 THEN min(p.key) END
    FROM base.powers p
    WHERE p.unit = risks.unit AND p.name = risks.power_name AND p.version = (
        SELECT max(g.version) FROM base.registers g WHERE g.unit = p.unit AND g.family = 'power'
    )
);
