-- The reviewers' views by their Chinese names. Recreated whenever this file changes; they hold no data of their own.
-- Words that a reviewer reads come from base.labels (vocab/labels.csv), never from here.

-- base.horizon: everything that was loaded or decided later is not seen.
CREATE OR REPLACE VIEW base.latest_submissions AS
SELECT unit, max(version) AS version FROM base.submissions
WHERE received <= (SELECT moment FROM base.horizon)
GROUP BY unit;

CREATE OR REPLACE VIEW base.latest_registers AS
SELECT r.unit, r.family, max(r.version) AS version
FROM base.registers r
JOIN base.latest_submissions l ON l.unit = r.unit AND r.version <= l.version
GROUP BY r.unit, r.family;

-- The last decision of each kind on each object, unless it was revoked.
CREATE OR REPLACE VIEW base.standing_decisions AS
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY subject, key, part ORDER BY number DESC) AS turn
    FROM base.decisions
    WHERE decided <= (SELECT moment FROM base.horizon)
)
WHERE turn = 1 AND decision <> 'revoke';

-- The powers of the latest catalogues, without those that a reviewer has withdrawn.
CREATE OR REPLACE VIEW base.current_powers AS
SELECT p.*
FROM base.powers p
JOIN base.latest_registers l ON l.family = 'power' AND l.unit = p.unit AND l.version = p.version
WHERE NOT EXISTS (
    SELECT 1
    FROM base.withdrawn w
    JOIN base.standing_decisions d ON d.subject = 'power' AND d.decision = 'withdraw' AND d.key = w.key
    WHERE w.family = 'power' AND w.unit = p.unit AND w.version = p.version AND w.key = p.key
);

-- The last version in which something changed about an object: a decision on an earlier state of it has lapsed.
CREATE OR REPLACE VIEW base.last_changes AS
SELECT c.key, max(c.version) AS version
FROM base.changes c
JOIN base.latest_submissions l ON l.unit = c.unit AND c.version <= l.version
GROUP BY c.key;

CREATE OR REPLACE VIEW base.dispositions AS
SELECT d.*
FROM base.standing_decisions d
LEFT JOIN base.last_changes c ON c.key = d.key
WHERE d.subject = 'power' AND d.part = 'disposition' AND (c.version IS NULL OR c.version <= d.version);

-- Each finding as it was last seen, whether it still stands, and what was decided of it.
CREATE OR REPLACE VIEW base.known_findings AS
SELECT f.*, j.decision AS judgement, j.label AS judged_as, j.comment AS judged_because, j.reviewer, j.decided,
    a.comment AS answer,
    CASE
        WHEN NOT f.stands THEN 'finding.closed'
        WHEN j.decision IN ('explain', 'waive') THEN 'finding.' || j.decision
        ELSE 'finding.open'
    END AS state
FROM (
    SELECT f.*, f.is_open AND f.version = l.version AS stands,
        row_number() OVER (PARTITION BY f.unit, f.key ORDER BY f.version DESC) AS turn
    FROM base.findings f
    JOIN base.latest_submissions l ON l.unit = f.unit AND f.version <= l.version
) f
LEFT JOIN base.standing_decisions j ON j.subject = 'finding' AND j.part = 'judgement' AND j.key = f.key
LEFT JOIN base.standing_decisions a ON a.subject = 'finding' AND a.part = 'answer' AND a.key = f.key
WHERE f.turn = 1;


-- Counts that units state themselves: in their statistics table, and in titles and section rows of their catalogue.
CREATE OR REPLACE VIEW base.declared_counts AS
SELECT t.unit, coalesce(t.power_type_value, t.power_type) AS power_type,
    TRY_CAST(regexp_extract(t."count", '[0-9]+') AS INTEGER) AS number, 'statistics' AS stated
FROM base.statistics t
JOIN base.latest_registers l ON l.family = 'statistics' AND l.unit = t.unit AND l.version = t.version
UNION ALL
SELECT q.unit, q.item.power_type, q.item.number, 'catalogue'
FROM (
    SELECT t.unit, unnest(t.declared) AS item
    FROM base.file_tables t
    JOIN base.latest_submissions l ON l.unit = t.unit AND l.version = t.version
    WHERE t.register IN ('powers', 'powers_not_public')
) q
WHERE q.item.power_type IS NOT NULL;  -- a count of all types is no count of the powers without a type

-- The campaign of the last run, and the units that it or a submission names. listed: the campaign's name for the unit.
CREATE OR REPLACE VIEW base.current_campaign AS SELECT * FROM base.campaigns ORDER BY seen DESC, batch LIMIT 1;

CREATE OR REPLACE VIEW base.known_units AS
SELECT u.unit, coalesce(e.unit, u.unit) AS listed, e.aliases, e.parent,
    CASE WHEN EXISTS (SELECT 1 FROM base.expected_units) THEN coalesce(e.expected, false) END AS expected,
    CASE WHEN e.expected THEN e.registers ELSE [] END AS registers, e.deadline AS extended
FROM base.units u
LEFT JOIN base.expected_units e ON list_contains(e.names, u.unit)
WHERE u.unit <> ''
UNION ALL
SELECT e.unit, e.unit, e.aliases, e.parent, e.expected, CASE WHEN e.expected THEN e.registers ELSE [] END, e.deadline
FROM base.expected_units e
WHERE NOT EXISTS (SELECT 1 FROM base.units u WHERE list_contains(e.names, u.unit));

-- When a unit has handed in for the campaign, under whatever name. stood_before: also for an earlier one.
CREATE OR REPLACE VIEW base.arrivals AS
SELECT d.listed, min(d.day) FILTER (d.counts) AS first, max(d.day) FILTER (d.counts) AS latest,
    bool_or(NOT d.counts) AS stood_before
FROM (
    SELECT k.listed, CAST(s.received AS DATE) AS day, coalesce(CAST(s.received AS DATE) >= c.opening, true) AS counts
    FROM base.submissions s
    JOIN base.known_units k ON k.unit = s.unit
    LEFT JOIN base.current_campaign c ON true
    WHERE s.received <= (SELECT moment FROM base.horizon)
) d
GROUP BY d.listed
HAVING bool_or(d.counts);

-- The expected registers that have come, with the day, and those that are outstanding.
CREATE OR REPLACE VIEW base.expected_registers AS
SELECT w.listed, w.family, a.first IS NOT NULL AND r.standing IS NOT NULL AS stands,
    CASE WHEN NOT a.stood_before THEN r.came END AS came
FROM (SELECT DISTINCT listed, unnest(registers) AS family FROM base.known_units) w
LEFT JOIN base.arrivals a ON a.listed = w.listed
LEFT JOIN (
    SELECT k.listed, g.family, count(*) AS standing, min(CAST(s.received AS DATE)) AS came
    FROM base.registers g
    JOIN base.known_units k ON k.unit = g.unit
    LEFT JOIN base.submissions s ON s.unit = g.unit AND s.version = g.version
    GROUP BY k.listed, g.family
) r ON r.listed = w.listed AND r.family = w.family;

-- The deadlines that hold for each unit. mending: only where the version that stands was returned.
CREATE OR REPLACE VIEW base.unit_deadlines AS
WITH submitted AS (
    SELECT k.unit, k.listed, coalesce(k.extended, s.due) AS submission, a.latest,
        coalesce(r.returned, CAST(v.decided AS DATE), p.returned) AS returned
    FROM base.known_units k
    LEFT JOIN base.stages s ON s.stage = 'submission'
    LEFT JOIN base.arrivals a ON a.listed = k.listed
    LEFT JOIN base.latest_submissions l ON l.unit = k.unit
    LEFT JOIN base.returns r ON r.unit = l.unit AND r.version = l.version AND a.first IS NOT NULL
    LEFT JOIN base.standing_decisions v
        ON v.subject = 'unit' AND v.key = k.unit AND v.version = l.version AND v.decision = 'return'
    LEFT JOIN (
        SELECT unit, min(CAST(decided AS DATE)) AS returned FROM base.dispositions WHERE decision <> 'confirm' GROUP BY unit
    ) p ON p.unit = k.unit
), mended AS (
    SELECT u.*, m.due AS fixed, m.days, m.working, CASE m.after WHEN 'return' THEN u.returned ELSE u.submission END AS since
    FROM submitted u LEFT JOIN base.stages m ON m.stage = 'mending' AND u.returned IS NOT NULL
), mending AS (
    SELECT m.unit, m.submission, m.returned, m.latest, m.days IS NOT NULL AND m.fixed IS NULL AS counted,
        coalesce(m.fixed, CASE WHEN m.working THEN w.day ELSE n.day END) AS mending
    FROM mended m
    LEFT JOIN base.calendar d ON d.day = m.since AND m.fixed IS NULL
    LEFT JOIN base.calendar w ON w.working AND w.number = d.number + m.days
    LEFT JOIN base.calendar x ON x.day = m.since + m.days AND m.fixed IS NULL
    LEFT JOIN base.calendar n ON n.working AND n.number = x.number + CASE WHEN x.working THEN 0 ELSE 1 END
), reviewed AS (
    SELECT m.*, v.due AS fixed, v.days, v.working,
        CASE v.after WHEN 'arrival' THEN m.latest WHEN 'mending' THEN m.mending ELSE m.submission END AS since
    FROM mending m LEFT JOIN base.stages v ON v.stage = 'review' AND m.latest IS NOT NULL
)
SELECT r.unit, r.submission, r.returned, r.mending, r.counted,
    coalesce(r.fixed, CASE WHEN r.working THEN w.day ELSE n.day END) AS review
FROM reviewed r
LEFT JOIN base.calendar d ON d.day = r.since AND r.fixed IS NULL
LEFT JOIN base.calendar w ON w.working AND w.number = d.number + r.days
LEFT JOIN base.calendar x ON x.day = r.since + r.days AND r.fixed IS NULL
LEFT JOIN base.calendar n ON n.working AND n.number = x.number + CASE WHEN x.working THEN 0 ELSE 1 END;

CREATE OR REPLACE VIEW main.职权目录 AS
SELECT
    p.key AS 职权键,
    p.unit AS 单位,
    s.batch AS 报送批次,
    p.version AS 版本,
    p.sequence AS 序号,
    p.code AS 权力编码,
    p.name AS 职权名称,
    p.sub_item AS 子项名称,
    p.power_type_value AS 职权类别,
    p.power_type AS 类别原文,
    p.legal_basis AS 行使依据,
    p.exercising_body AS 实施主体,
    p.department AS 承办机构,
    p.post AS 责任岗位,
    p.person_in_charge AS 负责人,
    p.supervising_leader AS 主管领导,
    p.exercise_level AS 行使层级,
    p.counterpart AS 行政相对人,
    p.conditions AS 办理条件,
    p.procedure AS 办理程序,
    p.statutory_limit AS 法定时限,
    p.statutory_limit_value AS 法定时限_工作日,
    p.promised_limit AS 承诺时限,
    p.promised_limit_value AS 承诺时限_工作日,
    p.fee_standard AS 收费标准,
    p.fee_basis AS 收费依据,
    p.disclosure_form AS 公开形式,
    p.disclosure_scope AS 公开范围,
    p.disclosure_time AS 公开时间,
    p.duties AS 责任事项,
    p.accountability AS 追责情形,
    p.service_promise AS 服务承诺,
    p.discipline AS 工作纪律,
    p.hotline AS 监督电话,
    p.remarks AS 备注,
    p.register <> 'powers_not_public' AS 是否公开,
    p.non_disclosure_reason AS 不公开理由,
    d.label AS 审核结论,
    p.other AS 其他栏目,
    p.file AS 来源文件,
    p.place AS 来源位置,
    p.confidence AS 置信度,
    d.comment AS 审核意见,
    d.reviewer AS 审核人,
    d.decided AS 审核时间
FROM base.current_powers p
LEFT JOIN base.submissions s ON s.unit = p.unit AND s.version = p.version
LEFT JOIN base.dispositions d ON d.key = p.key;

COMMENT ON VIEW main.职权目录 IS '各单位最近一次收进的职权目录，一行一项职权；不公开目录中的职权也在内（是否公开 = false），不论是否已审核通过';
COMMENT ON COLUMN main.职权目录.职权键 IS '职权的稳定标识，跨版本不变';
COMMENT ON COLUMN main.职权目录.单位 IS '填报单位，即报送文件夹的名称';
COMMENT ON COLUMN main.职权目录.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.职权目录.版本 IS '本行最后一次被报送替换时的版本号，从 1 起';
COMMENT ON COLUMN main.职权目录.序号 IS '印出的序号，不作标识';
COMMENT ON COLUMN main.职权目录.权力编码 IS '权力编码，按原样';
COMMENT ON COLUMN main.职权目录.职权名称 IS '职权名称';
COMMENT ON COLUMN main.职权目录.子项名称 IS '子项名称';
COMMENT ON COLUMN main.职权目录.职权类别 IS '规范类别；按印出的文字分不清的为空';
COMMENT ON COLUMN main.职权目录.类别原文 IS '类别栏印出的文字';
COMMENT ON COLUMN main.职权目录.行使依据 IS '行使依据；有多栏依据的为设定依据，其余在其他栏目';
COMMENT ON COLUMN main.职权目录.实施主体 IS '实施主体；仅在表中另有内设机构栏时填写';
COMMENT ON COLUMN main.职权目录.承办机构 IS '承办机构';
COMMENT ON COLUMN main.职权目录.责任岗位 IS '责任岗位';
COMMENT ON COLUMN main.职权目录.负责人 IS '负责人';
COMMENT ON COLUMN main.职权目录.主管领导 IS '主管领导';
COMMENT ON COLUMN main.职权目录.行使层级 IS '行使层级';
COMMENT ON COLUMN main.职权目录.行政相对人 IS '行政相对人';
COMMENT ON COLUMN main.职权目录.办理条件 IS '办理条件';
COMMENT ON COLUMN main.职权目录.办理程序 IS '办理程序';
COMMENT ON COLUMN main.职权目录.法定时限 IS '法定时限，按印出的文字';
COMMENT ON COLUMN main.职权目录.法定时限_工作日 IS '法定时限的工作日数；仅在以工作日印出（或法律已定）时填写';
COMMENT ON COLUMN main.职权目录.承诺时限 IS '承诺时限，按印出的文字';
COMMENT ON COLUMN main.职权目录.承诺时限_工作日 IS '承诺时限的工作日数；仅在以工作日印出（或法律已定）时填写';
COMMENT ON COLUMN main.职权目录.收费标准 IS '收费标准';
COMMENT ON COLUMN main.职权目录.收费依据 IS '收费依据';
COMMENT ON COLUMN main.职权目录.公开形式 IS '公开形式';
COMMENT ON COLUMN main.职权目录.公开范围 IS '公开范围';
COMMENT ON COLUMN main.职权目录.公开时间 IS '公开时间';
COMMENT ON COLUMN main.职权目录.责任事项 IS '责任事项';
COMMENT ON COLUMN main.职权目录.追责情形 IS '追责情形';
COMMENT ON COLUMN main.职权目录.服务承诺 IS '服务承诺';
COMMENT ON COLUMN main.职权目录.工作纪律 IS '工作纪律';
COMMENT ON COLUMN main.职权目录.监督电话 IS '监督电话';
COMMENT ON COLUMN main.职权目录.备注 IS '备注';
COMMENT ON COLUMN main.职权目录.是否公开 IS '列在不公开目录中的为 false';
COMMENT ON COLUMN main.职权目录.不公开理由 IS '不公开理由';
COMMENT ON COLUMN main.职权目录.审核结论 IS '审核人的结论：确认、退回补正、取消(无依据)、明确(职责不清)或应予公开；尚未审核，或者审核后内容又有变动的，为空';
COMMENT ON COLUMN main.职权目录.审核意见 IS '作出审核结论的理由';
COMMENT ON COLUMN main.职权目录.审核人 IS '作出审核结论的人';
COMMENT ON COLUMN main.职权目录.审核时间 IS '作出审核结论的时间';
COMMENT ON COLUMN main.职权目录.其他栏目 IS '没有对应列的其他栏目（JSON：印出的表头 → 内容）';
COMMENT ON COLUMN main.职权目录.来源文件 IS '所在文件，单位文件夹内的路径';
COMMENT ON COLUMN main.职权目录.来源位置 IS '名称所在位置，如 Sheet1!C12、表2 第5行第3列、第3页 表1 第5行第3列 [x0,y0,x1,y1]';
COMMENT ON COLUMN main.职权目录.置信度 IS '0–1，各字段中最低的识别置信度；未经文字识别的为 1';

CREATE OR REPLACE VIEW main.风险点 AS
SELECT
    r.key AS 风险键,
    r.unit AS 单位,
    s.batch AS 报送批次,
    r.version AS 版本,
    (SELECT label FROM base.labels WHERE key = 'level.' || r.register) AS 登记层级,
    r.sequence AS 序号,
    r.department AS 部门,
    r.post AS 岗位,
    r.person AS 姓名,
    r."position" AS 职务,
    r.power_name AS 对应职权,
    r.power_key AS 职权键,
    r.risk_point AS 风险点,
    r.risk_kind_value AS 风险类别,
    r.risk_kind AS 类别原文,
    r.manifestation AS 表现形式,
    r.risk_grade_value AS 风险等级,
    r.risk_grade AS 等级原文,
    r.warning_colour AS 预警颜色,
    r.likelihood AS 发生几率,
    r.severity AS 危害程度,
    r.control_measures AS 防控措施,
    r.responsible_person AS 责任人,
    r.responsible_leader AS 责任领导,
    r.deadline AS 完成时限,
    r.remarks AS 备注,
    r.other AS 其他栏目,
    r.file AS 来源文件,
    r.place AS 来源位置,
    r.confidence AS 置信度
FROM base.risks r
JOIN base.latest_registers l ON l.family = 'risk' AND l.unit = r.unit AND l.version = r.version
LEFT JOIN base.submissions s ON s.unit = r.unit AND s.version = r.version;

COMMENT ON VIEW main.风险点 IS '各单位最近一次收进的廉政风险点，一行一个风险点';
COMMENT ON COLUMN main.风险点.风险键 IS '风险点的稳定标识，跨版本不变';
COMMENT ON COLUMN main.风险点.单位 IS '填报单位，即报送文件夹的名称';
COMMENT ON COLUMN main.风险点.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.风险点.版本 IS '本行最后一次被报送替换时的版本号，从 1 起';
COMMENT ON COLUMN main.风险点.登记层级 IS '单位、部门或岗位；登记表没有说明层级的为空';
COMMENT ON COLUMN main.风险点.序号 IS '印出的序号，不作标识';
COMMENT ON COLUMN main.风险点.部门 IS '部门';
COMMENT ON COLUMN main.风险点.岗位 IS '岗位';
COMMENT ON COLUMN main.风险点.姓名 IS '姓名';
COMMENT ON COLUMN main.风险点.职务 IS '职务';
COMMENT ON COLUMN main.风险点.对应职权 IS '对应职权，按印出的文字';
COMMENT ON COLUMN main.风险点.职权键 IS '对应职权在本单位职权目录中的职权键，写法不同而确为一项的也对应；不能确定或不止一项的为空';
COMMENT ON COLUMN main.风险点.风险点 IS '风险点';
COMMENT ON COLUMN main.风险点.风险类别 IS '规范类别；按印出的文字分不清的为空';
COMMENT ON COLUMN main.风险点.类别原文 IS '风险类别栏印出的文字';
COMMENT ON COLUMN main.风险点.表现形式 IS '表现形式';
COMMENT ON COLUMN main.风险点.风险等级 IS '1–3，1 最重；按印出的文字分不清的为空';
COMMENT ON COLUMN main.风险点.等级原文 IS '风险等级栏印出的文字';
COMMENT ON COLUMN main.风险点.预警颜色 IS '预警颜色，按印出的文字';
COMMENT ON COLUMN main.风险点.发生几率 IS '发生几率';
COMMENT ON COLUMN main.风险点.危害程度 IS '危害程度';
COMMENT ON COLUMN main.风险点.防控措施 IS '防控措施';
COMMENT ON COLUMN main.风险点.责任人 IS '责任人';
COMMENT ON COLUMN main.风险点.责任领导 IS '责任领导';
COMMENT ON COLUMN main.风险点.完成时限 IS '完成时限';
COMMENT ON COLUMN main.风险点.备注 IS '备注';
COMMENT ON COLUMN main.风险点.其他栏目 IS '没有对应列的其他栏目（JSON：印出的表头 → 内容）';
COMMENT ON COLUMN main.风险点.来源文件 IS '所在文件，单位文件夹内的路径';
COMMENT ON COLUMN main.风险点.来源位置 IS '名称所在位置，如 Sheet1!C12、表2 第5行第3列、第3页 表1 第5行第3列 [x0,y0,x1,y1]';
COMMENT ON COLUMN main.风险点.置信度 IS '0–1，各字段中最低的识别置信度；未经文字识别的为 1';

CREATE OR REPLACE VIEW main.法律依据 AS
SELECT
    c.key AS 职权键,
    c.unit AS 单位,
    p.name AS 职权名称,
    c.turn AS 引文序,
    c.text AS 引文,
    c.span_start AS 起,
    c.span_end AS 止,
    c.title AS 法规名称,
    c.canonical_title AS 规范名称,
    c.statute_id AS 法规编号,
    c.level AS 效力层级,
    c.article AS 条,
    c.suffix AS 条之,
    c.paragraph AS 款,
    c.item AS 项,
    c.subitem AS 目,
    c.document_number AS 文号,
    c.conclusion AS 核验结论,
    c.reviewed AS 核验日期,
    CAST(c.version_date AS VARCHAR) AS 核验版本,
    c.suggestion AS 建议
FROM base.citations c
JOIN base.current_powers p ON p.unit = c.unit AND p.version = c.version AND p.key = c.key;

COMMENT ON VIEW main.法律依据 IS '职权目录的行使依据中引用的规定，一行一条；一部法律的名称和文号在它的每一行重复';
COMMENT ON COLUMN main.法律依据.职权键 IS '所属职权';
COMMENT ON COLUMN main.法律依据.单位 IS '填报单位';
COMMENT ON COLUMN main.法律依据.职权名称 IS '职权名称';
COMMENT ON COLUMN main.法律依据.引文序 IS '在该行使依据中的顺序，从 1 起';
COMMENT ON COLUMN main.法律依据.引文 IS '引用的原文';
COMMENT ON COLUMN main.法律依据.起 IS '引文在行使依据中的起点，从 0 起';
COMMENT ON COLUMN main.法律依据.止 IS '引文在行使依据中的终点，不含';
COMMENT ON COLUMN main.法律依据.法规名称 IS '印出的法规名称';
COMMENT ON COLUMN main.法律依据.规范名称 IS '法规库中的准确名称；法规库没有收录的，为原文所写的名称';
COMMENT ON COLUMN main.法律依据.法规编号 IS '法规库中的编号';
COMMENT ON COLUMN main.法律依据.效力层级 IS '效力层级';
COMMENT ON COLUMN main.法律依据.条 IS '条';
COMMENT ON COLUMN main.法律依据.条之 IS '条之一、之二中的数';
COMMENT ON COLUMN main.法律依据.款 IS '款';
COMMENT ON COLUMN main.法律依据.项 IS '项';
COMMENT ON COLUMN main.法律依据.目 IS '目';
COMMENT ON COLUMN main.法律依据.文号 IS '文号';
COMMENT ON COLUMN main.法律依据.核验结论 IS '核验结论';
COMMENT ON COLUMN main.法律依据.核验日期 IS '按哪一天的法律核验';
COMMENT ON COLUMN main.法律依据.核验版本 IS '核验所用的法规版本，以其公布日期表示；不掌握的为空';
COMMENT ON COLUMN main.法律依据.建议 IS '修改建议';

CREATE OR REPLACE VIEW main.问题清单 AS
SELECT
    f.key AS 问题键,
    f.code AS 规则,
    (SELECT label FROM base.labels WHERE key = 'severity.' || f.severity) AS 严重程度,
    nullif(f.unit, '') AS 单位,
    f.batch AS 报送批次,
    (SELECT label FROM base.labels WHERE key = 'subject.' || f.subject) AS 对象类型,
    f.subject_key AS 对象键,
    f.subject_name AS 对象名称,
    f.field AS 字段,
    f.file AS 来源文件,
    f.place AS 来源位置,
    f.quote AS 原文,
    f.message AS 说明,
    f.advice AS 整改建议,
    f.basis AS 规则依据,
    (SELECT label FROM base.labels WHERE key = f.state) AS 状态,
    f.first_seen AS 首次发现,
    f.last_seen AS 最近发现,
    coalesce(f.judged_because, f.judged_as) AS 审核意见,
    f.reviewer AS 审核人,
    f.judged_as AS 审核决定,
    f.decided AS 审核时间,
    f.answer AS 单位答复,
    f.span_start AS 起,
    f.span_end AS 止
FROM base.known_findings f;

COMMENT ON VIEW main.问题清单 IS '核查发现的问题，一行一个，已整改的也在内';
COMMENT ON COLUMN main.问题清单.问题键 IS '问题的稳定标识，重新核查、重新报送后不变';
COMMENT ON COLUMN main.问题清单.规则 IS '规则编号';
COMMENT ON COLUMN main.问题清单.严重程度 IS '错误、警告或提示';
COMMENT ON COLUMN main.问题清单.单位 IS '填报单位；分不清单位的为空';
COMMENT ON COLUMN main.问题清单.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.问题清单.对象类型 IS '职权、风险点、文件或单位';
COMMENT ON COLUMN main.问题清单.对象键 IS '职权键、风险键、文件名或单位';
COMMENT ON COLUMN main.问题清单.对象名称 IS '职权名称、风险点、文件名或单位';
COMMENT ON COLUMN main.问题清单.字段 IS '有关的列名';
COMMENT ON COLUMN main.问题清单.来源文件 IS '所在文件，单位文件夹内的路径';
COMMENT ON COLUMN main.问题清单.来源位置 IS '所在位置';
COMMENT ON COLUMN main.问题清单.原文 IS '该处原有的文字';
COMMENT ON COLUMN main.问题清单.说明 IS '问题说明';
COMMENT ON COLUMN main.问题清单.整改建议 IS '怎样整改';
COMMENT ON COLUMN main.问题清单.规则依据 IS '规则的依据';
COMMENT ON COLUMN main.问题清单.状态 IS '待整改、已整改（新报送的材料中没有了）、已说明（单位说明理由，审核人认可）或已豁免（审核人写明理由）';
COMMENT ON COLUMN main.问题清单.首次发现 IS '首次发现的时间';
COMMENT ON COLUMN main.问题清单.最近发现 IS '最近一次核查到的时间';
COMMENT ON COLUMN main.问题清单.审核意见 IS '审核人的意见；没有写意见的为审核决定';
COMMENT ON COLUMN main.问题清单.审核人 IS '审核人';
COMMENT ON COLUMN main.问题清单.审核决定 IS '审核人的决定：已说明、已豁免、退回或整改属实';
COMMENT ON COLUMN main.问题清单.审核时间 IS '审核的时间';
COMMENT ON COLUMN main.问题清单.单位答复 IS '单位在交回的问题清单中写的答复';
COMMENT ON COLUMN main.问题清单.起 IS '有问题的部分在原文中的起点，从 0 起；说的是整个内容的为空';
COMMENT ON COLUMN main.问题清单.止 IS '有问题的部分在原文中的终点，不含';

CREATE OR REPLACE VIEW main.规则执行情况 AS
SELECT
    nullif(x.unit, '') AS 单位,
    x.batch AS 报送批次,
    x.code AS 规则,
    x.objects AS 对象数,
    x.hits AS 命中数,
    coalesce((SELECT label FROM base.labels WHERE key = 'not_run.' || x.not_run), (SELECT label FROM base.labels WHERE key = x.not_run), x.not_run) AS 未执行原因
FROM base.rule_runs x
JOIN base.latest_submissions l ON l.unit = x.unit AND l.version = x.version;

COMMENT ON VIEW main.规则执行情况 IS '每条规则在各单位最近一次核查中的执行情况；缺少所需栏目的规则记为未执行，不算通过';
COMMENT ON COLUMN main.规则执行情况.单位 IS '填报单位';
COMMENT ON COLUMN main.规则执行情况.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.规则执行情况.规则 IS '规则编号';
COMMENT ON COLUMN main.规则执行情况.对象数 IS '核查的对象数';
COMMENT ON COLUMN main.规则执行情况.命中数 IS '发现的问题数';
COMMENT ON COLUMN main.规则执行情况.未执行原因 IS '未执行的原因；已执行的为空';

CREATE OR REPLACE VIEW main.报送情况 AS
SELECT
    u.unit AS 单位,
    s.batch AS 报送批次,
    s.version AS 版本,
    s.received AS 报送时间,
    coalesce(f.files, 0) AS 文件数,
    coalesce(f.quarantined, 0) AS 隔离文件数,
    coalesce(p.powers, 0) AS 职权数,
    coalesce(r.risks, 0) AS 风险点数,
    coalesce(n.errors, 0) AS 错误数,
    coalesce(n.warnings, 0) AS 警告数,
    coalesce(n.infos, 0) AS 提示数,
    t.label AS 状态,
    -- What is still to come must come by its own deadline; what was returned, by that for mending.
    CASE
        WHEN u.expected IS false AND a.first IS NULL THEN NULL
        WHEN o.missing IS NULL AND t.key = 'submission.returned' AND d.mending IS NOT NULL THEN d.mending
        ELSE d.submission
    END AS 期限,
    CASE WHEN 期限 IS NOT NULL THEN greatest(0, CASE
        WHEN a.first IS NULL OR o.missing IS NOT NULL OR (t.key = 'submission.returned' AND d.mending IS NOT NULL)
            THEN least(current_date, (SELECT CAST(moment AS DATE) FROM base.horizon))
        ELSE greatest(a.first, o.came)
    END - 期限) END AS 逾期天数,
    s.declared_date AS 报送日期,
    s.contact AS 联系人,
    k.as_of AS 核查基准日,
    CASE
        WHEN o.missing IS NOT NULL THEN o.missing
        WHEN a.first IS NULL AND u.expected IS NOT false THEN (SELECT label FROM base.labels WHERE key = 'outstanding.anything')
        WHEN n.errors > 0 THEN (SELECT replace(label, '{count}', CAST(n.errors AS VARCHAR)) FROM base.labels WHERE key = 'outstanding.mending')
        WHEN t.key = 'submission.returned' THEN (SELECT label FROM base.labels WHERE key = 'outstanding.returned')
    END AS 待报内容,
    d.returned AS 退回日期,
    CASE WHEN t.key NOT IN ('submission.returned', 'submission.passed') THEN d.review END AS 审核期限,
    CASE WHEN d.counted AND 期限 = d.mending AND t.key = 'submission.returned' AND NOT q.known THEN (SELECT replace(label, '{year}', CAST(year(d.mending) AS VARCHAR)) FROM base.labels WHERE key = 'deadline.weekends_only') END AS 期限说明,
    u.expected AS 是否应报
FROM base.known_units u
LEFT JOIN base.latest_submissions l ON l.unit = u.unit
LEFT JOIN base.submissions s ON s.unit = l.unit AND s.version = l.version
LEFT JOIN base.checks k ON k.unit = l.unit AND k.version = l.version
LEFT JOIN base.arrivals a ON a.listed = u.listed
LEFT JOIN base.unit_deadlines d ON d.unit = u.unit
LEFT JOIN base.calendar q ON q.day = d.mending
LEFT JOIN (
    SELECT e.listed, max(e.came) AS came, replace(string_agg(t.label, ';' ORDER BY e.family) FILTER (NOT e.stands), ';', any_value(j.label)) AS missing
    FROM base.expected_registers e
    JOIN base.labels t ON t.key = 'family.' || e.family
    JOIN base.labels j ON j.key = 'list.and'
    GROUP BY e.listed
) o ON o.listed = u.listed
LEFT JOIN (
    SELECT unit, version, count(*) AS files, count(*) FILTER (state = 'quarantined') AS quarantined
    FROM base.files GROUP BY unit, version
) f ON f.unit = l.unit AND f.version = l.version
LEFT JOIN (
    SELECT p.unit, count(*) AS powers, count(*) FILTER (d.decision = 'confirm') AS confirmed,
        count(*) FILTER (d.decision <> 'confirm') AS returned
    FROM base.current_powers p
    LEFT JOIN base.dispositions d ON d.key = p.key
    GROUP BY p.unit
) p ON p.unit = u.unit
LEFT JOIN (
    SELECT r.unit, count(*) AS risks
    FROM base.risks r
    JOIN base.latest_registers l ON l.family = 'risk' AND l.unit = r.unit AND l.version = r.version
    GROUP BY r.unit
) r ON r.unit = u.unit
LEFT JOIN (
    SELECT unit, count(*) FILTER (severity = 'E') AS errors, count(*) FILTER (severity = 'W') AS warnings,
        count(*) FILTER (severity = 'I') AS infos
    FROM base.known_findings WHERE state = 'finding.open' GROUP BY unit
) n ON n.unit = u.unit
LEFT JOIN base.standing_decisions v ON v.subject = 'unit' AND v.key = u.unit AND v.version = l.version
LEFT JOIN base.labels t ON t.key = CASE
        WHEN a.first IS NULL THEN 'submission.awaited'
        WHEN v.decision = 'return' OR n.errors > 0 OR p.returned > 0 THEN 'submission.returned'
        WHEN v.decision = 'pass' OR (p.powers > 0 AND p.confirmed = p.powers) THEN 'submission.passed'
        WHEN s.version > 1 THEN 'submission.again'
        ELSE 'submission.accepted'
    END;

COMMENT ON VIEW main.报送情况 IS '各单位最近一次报送，一行一个单位；应报而没有报送的单位也在内';
COMMENT ON COLUMN main.报送情况.单位 IS '填报单位';
COMMENT ON COLUMN main.报送情况.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.报送情况.版本 IS '报送的版本号，从 1 起';
COMMENT ON COLUMN main.报送情况.报送时间 IS '收到的时间';
COMMENT ON COLUMN main.报送情况.文件数 IS '文件数，含隔离的';
COMMENT ON COLUMN main.报送情况.隔离文件数 IS '隔离的文件数';
COMMENT ON COLUMN main.报送情况.职权数 IS '职权目录中该单位的职权数';
COMMENT ON COLUMN main.报送情况.风险点数 IS '该单位的风险点数';
COMMENT ON COLUMN main.报送情况.错误数 IS '待整改的错误';
COMMENT ON COLUMN main.报送情况.警告数 IS '待整改的警告';
COMMENT ON COLUMN main.报送情况.提示数 IS '待整改的提示';
COMMENT ON COLUMN main.报送情况.状态 IS '未报送、已受理、待补正、已重报或审核通过';
COMMENT ON COLUMN main.报送情况.期限 IS '单位应当报送的最后一天；已退回补正的，是补正的最后一天';
COMMENT ON COLUMN main.报送情况.逾期天数 IS '超过期限的天数（自然日）：还没有报齐、没有补正的算到今天，已经报齐的算到收到的那一天；没有期限的为空';
COMMENT ON COLUMN main.报送情况.报送日期 IS '报送说明中写明的日期';
COMMENT ON COLUMN main.报送情况.联系人 IS '报送说明中的联系人';
COMMENT ON COLUMN main.报送情况.核查基准日 IS '最近一次核查以哪一天的法律为准';
COMMENT ON COLUMN main.报送情况.待报内容 IS '单位还要报送的内容；没有的为空';
COMMENT ON COLUMN main.报送情况.退回日期 IS '现在这一版退回补正的日期：第一次查出错误的那一天，或者审核人退回的那一天';
COMMENT ON COLUMN main.报送情况.审核期限 IS '审核机关应当完成审核的最后一天';
COMMENT ON COLUMN main.报送情况.期限说明 IS '期限按工作日推算，但当年的放假安排不掌握时的说明';
COMMENT ON COLUMN main.报送情况.是否应报 IS '本批次是否应当报送；没有规定的为空';

CREATE OR REPLACE VIEW main.来源文件 AS
SELECT
    f.sha256 AS 文件键,
    nullif(f.unit, '') AS 单位,
    s.batch AS 报送批次,
    f.name AS 文件名,
    f.format AS 格式,
    f.pages AS 页数,
    f.size AS 字节数,
    (SELECT label FROM base.labels WHERE key = 'file.' || f.state) AS 状态,
    f.reason_text AS 原因,
    f.tables AS 表格数,
    f.rows AS 数据行数,
    f.records AS 入库记录数,
    f.cells AS 单元格数,
    f.used_cells AS 已用单元格数,
    f.seconds AS 提取耗时秒,
    f.declared_type AS 申报类型
FROM base.files f
JOIN base.latest_submissions l ON l.unit = f.unit AND l.version = f.version
LEFT JOIN base.submissions s ON s.unit = f.unit AND s.version = f.version;

COMMENT ON VIEW main.来源文件 IS '各单位最近一次报送时有效的文件，一行一个';
COMMENT ON COLUMN main.来源文件.文件键 IS '文件内容的 SHA-256；原件存档也以它为名';
COMMENT ON COLUMN main.来源文件.单位 IS '填报单位；分不清单位的为空';
COMMENT ON COLUMN main.来源文件.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.来源文件.文件名 IS '单位文件夹内的路径';
COMMENT ON COLUMN main.来源文件.格式 IS '按内容判断的格式';
COMMENT ON COLUMN main.来源文件.页数 IS '页数；没有页的格式为空';
COMMENT ON COLUMN main.来源文件.字节数 IS '文件大小（字节）';
COMMENT ON COLUMN main.来源文件.状态 IS '已入库、隔离或无登记内容';
COMMENT ON COLUMN main.来源文件.原因 IS '隔离或未入库的原因';
COMMENT ON COLUMN main.来源文件.表格数 IS '表格数';
COMMENT ON COLUMN main.来源文件.数据行数 IS '表格中的数据行数';
COMMENT ON COLUMN main.来源文件.入库记录数 IS '现行有效的记录数';
COMMENT ON COLUMN main.来源文件.单元格数 IS '各表非空单元格数，合并单元格计一次，续页重印的表头计入';
COMMENT ON COLUMN main.来源文件.已用单元格数 IS '成为字段、表头、分节、说明或已报告余项的单元格数';
COMMENT ON COLUMN main.来源文件.提取耗时秒 IS '读取用时（秒）';
COMMENT ON COLUMN main.来源文件.申报类型 IS '报送说明中写明的类型';

CREATE OR REPLACE VIEW main.字段来源 AS
SELECT
    f.key AS 对象键,
    f.column_name AS 字段,
    f.raw AS 原文,
    f.value AS 规范值,
    f.file AS 来源文件,
    f.place AS 来源位置,
    f.table_number AS 表号,
    f.row_number AS 行号,
    f.column_number AS 列号,
    f.reading_label AS 读法,
    f.confidence AS 置信度,
    f.other_places AS 其他位置,
    f.header AS 栏目,
    f.unit AS 单位
FROM base.record_fields f
JOIN base.latest_registers l ON l.family = f.family AND l.unit = f.unit AND l.version = f.version
WHERE f.value IS NOT NULL
    AND (f.family <> 'power' OR EXISTS (SELECT 1 FROM base.current_powers p WHERE p.unit = f.unit AND p.key = f.key));

COMMENT ON VIEW main.字段来源 IS '视图中每个值的来历，一行一个字段值';
COMMENT ON COLUMN main.字段来源.对象键 IS '职权键、风险键等';
COMMENT ON COLUMN main.字段来源.字段 IS '视图的列名';
COMMENT ON COLUMN main.字段来源.原文 IS '单元格中该值原来的文字，未作任何改动';
COMMENT ON COLUMN main.字段来源.规范值 IS '视图中显示的值';
COMMENT ON COLUMN main.字段来源.来源文件 IS '所在文件，单位文件夹内的路径';
COMMENT ON COLUMN main.字段来源.来源位置 IS '所在位置';
COMMENT ON COLUMN main.字段来源.表号 IS '表的序号，从 1 起';
COMMENT ON COLUMN main.字段来源.行号 IS '行号，从 1 起';
COMMENT ON COLUMN main.字段来源.列号 IS '列号，从 1 起';
COMMENT ON COLUMN main.字段来源.读法 IS '值是怎样得来的';
COMMENT ON COLUMN main.字段来源.置信度 IS '0–1；未经文字识别的为 1';
COMMENT ON COLUMN main.字段来源.其他位置 IS '由几处合成或由合并单元格带来时的其他位置，以分号分隔';
COMMENT ON COLUMN main.字段来源.栏目 IS '其他栏目中该值印出的表头';
COMMENT ON COLUMN main.字段来源.单位 IS '填报单位';

CREATE OR REPLACE VIEW main.变更记录 AS
SELECT
    c.unit AS 单位,
    (SELECT label FROM base.labels WHERE key = 'subject.' || c.family) AS 对象类型,
    c.key AS 对象键,
    c.name AS 对象名称,
    (SELECT label FROM base.labels WHERE key = 'change.' || c.change) AS 变更,
    c.field AS 字段,
    c.old AS 原值,
    c.new AS 新值,
    c.previous AS 前版本,
    c.version AS 后版本,
    c.similarity AS 相似度,
    (SELECT label FROM base.labels WHERE key = CASE
        WHEN c.change = 'renamed' AND (d.confirmed IS NULL OR d.confirmed < c.version) THEN 'change.unconfirmed'
        WHEN c.change = 'removed' AND NOT c.withdrawn AND d.excused IS NOT true THEN 'change.unconfirmed'
        ELSE 'change.confirmed'
    END) AS 确认
FROM base.changes c
JOIN base.latest_submissions l ON l.unit = c.unit AND c.version <= l.version
LEFT JOIN (
    SELECT key, max(version) FILTER (decision IN ('confirm', 'merge')) AS confirmed,
        bool_or(decision IN ('withdraw', 'cancel', 'merge')) AS excused,
        bool_or(decision = 'withdraw') AS withdrawn
    FROM base.standing_decisions WHERE subject = 'power' GROUP BY key
) d ON d.key = c.key
WHERE NOT c.withdrawn OR d.withdrawn;

COMMENT ON VIEW main.变更记录 IS '两个版本之间的变化，一行一处；第一次报送没有变化可记。序号、位置和文件格式的变动不算变化';
COMMENT ON COLUMN main.变更记录.单位 IS '填报单位';
COMMENT ON COLUMN main.变更记录.对象类型 IS '职权或风险点';
COMMENT ON COLUMN main.变更记录.对象键 IS '职权键或风险键';
COMMENT ON COLUMN main.变更记录.对象名称 IS '职权名称或风险点';
COMMENT ON COLUMN main.变更记录.变更 IS '新增、删除、修改或更名';
COMMENT ON COLUMN main.变更记录.字段 IS '变化的列名';
COMMENT ON COLUMN main.变更记录.原值 IS '前版本的值';
COMMENT ON COLUMN main.变更记录.新值 IS '后版本的值';
COMMENT ON COLUMN main.变更记录.前版本 IS '前版本号';
COMMENT ON COLUMN main.变更记录.后版本 IS '后版本号';
COMMENT ON COLUMN main.变更记录.相似度 IS '更名前后名称的相似度，0–1';
COMMENT ON COLUMN main.变更记录.确认 IS '待确认或已确认：更名要由审核人确认是同一项，删除要由审核人确认是撤回、取消或者并入了另一项';

CREATE OR REPLACE VIEW main.职权统计 AS
SELECT
    coalesce(p.unit, d.unit) AS 单位,
    coalesce(p.power_type, d.power_type) AS 职权类别,
    coalesce(p.powers, 0) AS 职权数,
    d.in_statistics AS 统计表项数,
    d.in_catalogue AS 目录自报项数
FROM (
    SELECT 单位 AS unit, 职权类别 AS power_type, count(*) AS powers FROM main.职权目录 GROUP BY ALL
) p
FULL JOIN (
    SELECT unit, power_type, sum(number) FILTER (stated = 'statistics') AS in_statistics,
        sum(number) FILTER (stated = 'catalogue') AS in_catalogue
    FROM base.declared_counts GROUP BY ALL
) d ON d.unit = p.unit AND d.power_type IS NOT DISTINCT FROM p.power_type;

COMMENT ON VIEW main.职权统计 IS '各单位各类职权的数目，与单位自报的数目对照';
COMMENT ON COLUMN main.职权统计.单位 IS '填报单位';
COMMENT ON COLUMN main.职权统计.职权类别 IS '规范类别；分不清的为空';
COMMENT ON COLUMN main.职权统计.职权数 IS '职权目录中的项数';
COMMENT ON COLUMN main.职权统计.统计表项数 IS '单位的职权统计表中填写的项数；没有填写的为空';
COMMENT ON COLUMN main.职权统计.目录自报项数 IS '职权目录的标题、分节行或合计行写明的项数；没有写明的为空';

CREATE OR REPLACE VIEW main.风险等级目录 AS
SELECT
    r.单位 AS 单位,
    r.报送批次 AS 报送批次,
    r.版本 AS 版本,
    r.风险等级 AS 风险等级,
    r.等级原文 AS 等级原文,
    r.预警颜色 AS 预警颜色,
    r.职权键 AS 职权键,
    r.对应职权 AS 对应职权,
    r.风险键 AS 风险键,
    r.风险点 AS 风险点,
    r.部门 AS 部门,
    r.岗位 AS 岗位,
    r.责任人 AS 责任人,
    r.责任领导 AS 责任领导,
    r.来源文件 AS 来源文件,
    r.来源位置 AS 来源位置
FROM main.风险点 r
WHERE r.风险等级 IS NOT NULL OR r.等级原文 IS NOT NULL OR r.预警颜色 IS NOT NULL
ORDER BY r.单位, r.风险等级, r.预警颜色;

COMMENT ON VIEW main.风险等级目录 IS '有等级的职权和风险点，按等级和颜色，附各级责任人';
COMMENT ON COLUMN main.风险等级目录.单位 IS '填报单位';
COMMENT ON COLUMN main.风险等级目录.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.风险等级目录.版本 IS '版本号';
COMMENT ON COLUMN main.风险等级目录.风险等级 IS '1–3，1 最重';
COMMENT ON COLUMN main.风险等级目录.等级原文 IS '印出的等级';
COMMENT ON COLUMN main.风险等级目录.预警颜色 IS '预警颜色，按印出的文字';
COMMENT ON COLUMN main.风险等级目录.职权键 IS '对应职权的职权键';
COMMENT ON COLUMN main.风险等级目录.对应职权 IS '对应职权，按印出的文字';
COMMENT ON COLUMN main.风险等级目录.风险键 IS '风险键';
COMMENT ON COLUMN main.风险等级目录.风险点 IS '风险点';
COMMENT ON COLUMN main.风险等级目录.部门 IS '部门';
COMMENT ON COLUMN main.风险等级目录.岗位 IS '岗位';
COMMENT ON COLUMN main.风险等级目录.责任人 IS '责任人';
COMMENT ON COLUMN main.风险等级目录.责任领导 IS '责任领导';
COMMENT ON COLUMN main.风险等级目录.来源文件 IS '所在文件';
COMMENT ON COLUMN main.风险等级目录.来源位置 IS '所在位置';

CREATE OR REPLACE VIEW main.岗位职权 AS
SELECT
    o.key AS 记录键,
    o.unit AS 单位,
    s.batch AS 报送批次,
    o.version AS 版本,
    o.department AS 部门,
    o.post AS 岗位,
    o.person AS 姓名,
    o.power_name AS 职权名称,
    o.duties AS 岗位职责,
    o.remarks AS 备注,
    o.other AS 其他栏目,
    o.file AS 来源文件,
    o.place AS 来源位置,
    o.confidence AS 置信度
FROM base.post_powers o
JOIN base.latest_registers l ON l.family = 'post_power' AND l.unit = o.unit AND l.version = o.version
LEFT JOIN base.submissions s ON s.unit = o.unit AND s.version = o.version;

COMMENT ON VIEW main.岗位职权 IS '按岗位开列的职权，与职权目录分开';
COMMENT ON COLUMN main.岗位职权.记录键 IS '本行的稳定标识';
COMMENT ON COLUMN main.岗位职权.单位 IS '填报单位';
COMMENT ON COLUMN main.岗位职权.报送批次 IS '报送批次名称';
COMMENT ON COLUMN main.岗位职权.版本 IS '版本号';
COMMENT ON COLUMN main.岗位职权.部门 IS '部门';
COMMENT ON COLUMN main.岗位职权.岗位 IS '岗位';
COMMENT ON COLUMN main.岗位职权.姓名 IS '姓名';
COMMENT ON COLUMN main.岗位职权.职权名称 IS '职权名称';
COMMENT ON COLUMN main.岗位职权.岗位职责 IS '岗位职责';
COMMENT ON COLUMN main.岗位职权.备注 IS '备注';
COMMENT ON COLUMN main.岗位职权.其他栏目 IS '没有对应列的其他栏目（JSON：印出的表头 → 内容）';
COMMENT ON COLUMN main.岗位职权.来源文件 IS '所在文件，单位文件夹内的路径';
COMMENT ON COLUMN main.岗位职权.来源位置 IS '名称所在位置，如 Sheet1!C12、表2 第5行第3列、第3页 表1 第5行第3列 [x0,y0,x1,y1]';
COMMENT ON COLUMN main.岗位职权.置信度 IS '0–1，各字段中最低的识别置信度；未经文字识别的为 1';

CREATE OR REPLACE VIEW main.单位 AS
SELECT
    u.unit AS 单位,
    nullif(replace(array_to_string(list_filter(list_prepend(u.listed, coalesce(u.aliases, [])), name -> name <> u.unit), ';'), ';', (SELECT label FROM base.labels WHERE key = 'list.and')), '') AS 别名,
    u.parent AS 上级,
    u.expected AS 是否应报
FROM base.known_units u;

COMMENT ON VIEW main.单位 IS '报送过材料或应当报送的单位';
COMMENT ON COLUMN main.单位.单位 IS '单位名称';
COMMENT ON COLUMN main.单位.别名 IS '本批次文件里这个单位的其他名称';
COMMENT ON COLUMN main.单位.上级 IS '上级单位';
COMMENT ON COLUMN main.单位.是否应报 IS '本批次是否应当报送；没有规定的为空';

CREATE OR REPLACE VIEW main.审核记录 AS
SELECT
    d.number AS 记录号,
    d.decided AS 审核时间,
    d.reviewer AS 审核人,
    nullif(d.unit, '') AS 单位,
    (SELECT label FROM base.labels WHERE key = 'subject.' || coalesce(f.subject, d.subject)) AS 对象类型,
    d.key AS 对象键,
    coalesce(f.subject_name, p.name, d.key) AS 对象名称,
    f.code AS 规则,
    coalesce(d.label, (SELECT label FROM base.labels WHERE key = 'decision.' || d.decision)) AS 决定,
    d.comment AS 意见,
    d.other AS 另一对象键,
    d.version AS 版本,
    (SELECT label FROM base.labels WHERE key = CASE
        WHEN s.number = d.number AND d.part = 'disposition' AND e.number IS NULL THEN 'decision.lapsed'
        WHEN s.number = d.number AND d.subject = 'unit' AND d.version < l.version THEN 'decision.lapsed'
        WHEN s.number = d.number THEN 'decision.stands'
        WHEN s.number IS NULL THEN 'decision.revoked'
        ELSE 'decision.superseded'
    END) AS 效力
FROM base.decisions d
LEFT JOIN base.standing_decisions s ON s.subject = d.subject AND s.key = d.key AND s.part = d.part
LEFT JOIN base.dispositions e ON e.number = d.number
LEFT JOIN base.latest_submissions l ON l.unit = d.unit
LEFT JOIN base.known_findings f ON d.subject = 'finding' AND f.key = d.key
LEFT JOIN (
    SELECT p.key, arg_max(p.name, p.version) AS name
    FROM base.powers p
    JOIN base.latest_submissions l ON l.unit = p.unit AND p.version <= l.version
    GROUP BY p.key
) p ON d.subject = 'power' AND p.key = d.key
WHERE d.decided <= (SELECT moment FROM base.horizon);

COMMENT ON VIEW main.审核记录 IS '审核人的每一个决定和单位的每一次答复，一行一个，包括后来被取代、撤销或者失效的';
COMMENT ON COLUMN main.审核记录.记录号 IS '按先后编号';
COMMENT ON COLUMN main.审核记录.审核时间 IS '决定或者答复登记的时间';
COMMENT ON COLUMN main.审核记录.审核人 IS '作出决定的人；单位的答复为空';
COMMENT ON COLUMN main.审核记录.单位 IS '填报单位';
COMMENT ON COLUMN main.审核记录.对象类型 IS '职权、风险点、文件或单位';
COMMENT ON COLUMN main.审核记录.对象键 IS '问题键、职权键或单位';
COMMENT ON COLUMN main.审核记录.对象名称 IS '问题所指的对象、职权名称或单位';
COMMENT ON COLUMN main.审核记录.规则 IS '问题的规则编号；不是对问题的决定的，为空';
COMMENT ON COLUMN main.审核记录.决定 IS '决定，或者单位答复';
COMMENT ON COLUMN main.审核记录.意见 IS '意见、理由，或者答复的内容';
COMMENT ON COLUMN main.审核记录.另一对象键 IS '合并时另一项职权的职权键';
COMMENT ON COLUMN main.审核记录.版本 IS '作出决定时的版本';
COMMENT ON COLUMN main.审核记录.效力 IS '有效、已失效（所审的内容后来有变动）、已被取代或已撤销';

CREATE OR REPLACE VIEW main.工作日历 AS
SELECT
    c.day AS 日期,
    c.working AS 是否工作日,
    c.known AS 放假安排已知
FROM base.calendar c;

COMMENT ON VIEW main.工作日历 IS '推算期限用的日历，一行一天';
COMMENT ON COLUMN main.工作日历.日期 IS '日期';
COMMENT ON COLUMN main.工作日历.是否工作日 IS '是否工作日，按国务院办公厅公布的放假安排和本批次文件的补充';
COMMENT ON COLUMN main.工作日历.放假安排已知 IS '当年的放假安排是否已知；不知道的只扣除周末';

-- Errors by unit and day, to tell on which days a unit had none.
CREATE OR REPLACE VIEW base.finding_events AS
SELECT f.unit, f.severity, CAST(f.first_seen AS DATE) AS day, 1 AS opened, 0 AS closed FROM base.known_findings f
UNION ALL
SELECT f.unit, f.severity, CAST(CASE WHEN f.stands THEN f.decided ELSE c.closed END AS DATE), 0, 1
FROM base.known_findings f
LEFT JOIN (
    SELECT unit, key, max(closed) AS closed FROM base.closings
    WHERE closed <= (SELECT moment FROM base.horizon) GROUP BY unit, key
) c ON c.unit = f.unit AND c.key = f.key
WHERE f.state <> 'finding.open';

CREATE OR REPLACE VIEW main.进度 AS
WITH arrived AS (
    SELECT k.listed AS unit, a.first AS day, bool_or(coalesce(k.expected, true)) AS expected
    FROM base.known_units k JOIN base.arrivals a ON a.listed = k.listed GROUP BY ALL
), handed_in AS (
    SELECT CAST(s.received AS DATE) AS day, count(*) AS submissions
    FROM base.submissions s
    WHERE s.unit <> '' AND s.received <= (SELECT moment FROM base.horizon) GROUP BY ALL
), errors AS (
    SELECT e.listed AS unit, e.day, sum(sum(e.change)) OVER (PARTITION BY e.listed ORDER BY e.day) AS number
    FROM (
        SELECT k.listed, v.day, v.opened - v.closed AS change
        FROM base.finding_events v JOIN base.known_units k ON k.unit = v.unit WHERE v.severity = 'E'
        UNION ALL
        SELECT a.unit, a.day, 0 FROM arrived a
    ) e GROUP BY e.listed, e.day
), clean AS (
    SELECT c.day, sum(CASE WHEN c.number = 0 THEN 1 ELSE 0 END - c.before) AS change
    FROM (
        SELECT e.unit, e.day, e.number,
            lag(CASE WHEN e.number = 0 THEN 1 ELSE 0 END, 1, 0) OVER (PARTITION BY e.unit ORDER BY e.day) AS before
        FROM errors e JOIN arrived a ON a.unit = e.unit AND e.day >= a.day
    ) c GROUP BY c.day
), findings AS (
    SELECT day, sum(opened) AS opened, sum(closed) AS closed, sum(opened - closed) FILTER (severity = 'E') AS errors
    FROM base.finding_events WHERE unit <> '' GROUP BY day
), days AS (
    SELECT CAST(unnest(generate_series(min(d.day), max(d.day), INTERVAL 1 DAY)) AS DATE) AS day
    FROM (SELECT day FROM arrived UNION ALL SELECT day FROM handed_in UNION ALL SELECT day FROM findings) d
    HAVING min(d.day) IS NOT NULL
)
SELECT
    d.day AS 日期,
    (SELECT count(DISTINCT k.listed) FROM base.known_units k WHERE k.expected) AS 应报单位数,
    CAST(coalesce(sum(a.units) OVER before, 0) AS BIGINT) AS 已报送单位数,
    CAST(coalesce(sum(c.change) OVER before, 0) AS BIGINT) AS 无错误单位数,
    coalesce(h.submissions, 0) AS 当日报送次数,
    CAST(coalesce(f.opened, 0) AS BIGINT) AS 新增问题数,
    CAST(coalesce(f.closed, 0) AS BIGINT) AS 整改问题数,
    CAST(coalesce(sum(f.opened - f.closed) OVER before, 0) AS BIGINT) AS 待整改问题数,
    CAST(coalesce(sum(f.errors) OVER before, 0) AS BIGINT) AS 待整改错误数
FROM days d
LEFT JOIN (SELECT day, count(*) FILTER (expected) AS units FROM arrived GROUP BY day) a ON a.day = d.day
LEFT JOIN handed_in h ON h.day = d.day
LEFT JOIN clean c ON c.day = d.day
LEFT JOIN findings f ON f.day = d.day
WINDOW before AS (ORDER BY d.day ROWS UNBOUNDED PRECEDING)
ORDER BY d.day;

COMMENT ON VIEW main.进度 IS '逐日的进度，一行一天，从收到第一份材料起';
COMMENT ON COLUMN main.进度.日期 IS '日期';
COMMENT ON COLUMN main.进度.应报单位数 IS '本批次应当报送的单位数；没有规定的为 0';
COMMENT ON COLUMN main.进度.已报送单位数 IS '到这一天为止报送过的单位数；规定了应报单位的，只计应报的';
COMMENT ON COLUMN main.进度.无错误单位数 IS '到这一天为止已经报送、没有待整改错误的单位数';
COMMENT ON COLUMN main.进度.当日报送次数 IS '这一天收到的报送次数';
COMMENT ON COLUMN main.进度.新增问题数 IS '这一天首次发现的问题数';
COMMENT ON COLUMN main.进度.整改问题数 IS '这一天整改的问题数';
COMMENT ON COLUMN main.进度.待整改问题数 IS '这一天结束时待整改的问题数';
COMMENT ON COLUMN main.进度.待整改错误数 IS '这一天结束时待整改的错误数';
