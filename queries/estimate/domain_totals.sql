/*
doc = '''
Weighted sums per domain, for waves sampled in clusters (PSUs): first-order sums, and sums over PSUs of products of
PSU totals.
A domain is an area crossed with a category. Areas that hold the same respondents of a PSU form a class there, so that
a PSU is summed once for its district, its city and everybody where it lies within all of them.
Weights are decimals, so every sum is exact.
'''
grain = "one row per wave, stratum, area set, area, dimension and category that has respondents"
reads = ["score", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves with PSUs" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
area_set = { type = "varchar", doc = "set of areas" }
area = { type = "varchar", doc = "area of the set, alle for everybody" }
dimension = { type = "varchar", doc = "division of respondents" }
category = { type = "varchar", doc = "category of the dimension, alle for everybody" }
"n_(.*)" = { type = "bigint", doc = "answers in the indicator's base" }
"positives_(.*)" = { type = "bigint", doc = "answers that count" }
"psus_(.*)" = { type = "bigint", doc = "PSUs with an answer in the base" }
"a_(.*)" = { type = "double", doc = "A: weight in the base" }
"y_(.*)" = { type = "double", doc = "Y: weight that counts" }
"aa_(.*)" = { type = "double", doc = "sum over PSUs of A x A" }
"ay_(.*)" = { type = "double", doc = "sum over PSUs of A x Y" }
"yy_(.*)" = { type = "double", doc = "sum over PSUs of Y x Y" }
*/
with interviewed as (
    select wave, stratum, coalesce(psu, respondent) as psu, respondent, weight, columns($pattern)
    from score
    where list_contains($waves::varchar[], wave)
),
place as (
    select row_number() over (order by area_set, area) as place, area_set, area
    from (select distinct area_set, area from membership where list_contains($area_sets::varchar[], area_set))
),
kind as (
    select row_number() over (order by dimension, category) as kind, dimension, category
    from (select distinct dimension, category from grouping where list_contains($dimensions::varchar[], dimension))
),
respondent_places as (
    select wave, respondent, list(place order by place) as places
    from membership join place using (area_set, area)
    where list_contains($waves::varchar[], wave)
    group by wave, respondent
),
respondent_kinds as (
    select wave, respondent, list(kind order by kind) as kinds
    from grouping join kind using (dimension, category)
    where list_contains($waves::varchar[], wave)
    group by wave, respondent
),
psu_part as (
    select distinct wave, stratum, psu, places
    from interviewed join respondent_places using (wave, respondent)
),
psu_part_in_place as (
    select wave, stratum, psu, places, unnest(places) as place
    from psu_part
),
psu_place as (
    select wave, stratum, psu, place, list(places order by places) as parts
    from psu_part_in_place
    group by wave, stratum, psu, place
),
psu_class as (
    select wave, stratum, psu, list(place order by place) as class, unnest(parts) as places
    from psu_place
    group by wave, stratum, psu, parts
),
respondent_of_class_and_kind as (
    select wave, stratum, psu, class, unnest(kinds) as kind, weight, columns($pattern)
    from interviewed
    join respondent_places using (wave, respondent)
    join respondent_kinds using (wave, respondent)
    join psu_class using (wave, stratum, psu, places)
),
psu_domain as (
    select wave, stratum, psu, class, kind,
        {
            'n': count(columns($pattern)),
            'positives': coalesce(sum(columns($pattern)), 0)::bigint,
            'a': coalesce(sum(case when columns($pattern) is not null then weight end), 0)::decimal(18, 9),
            'y': coalesce(sum(case when columns($pattern) = 1 then weight end), 0)::decimal(18, 9)
        } as 'm_\1'
    from respondent_of_class_and_kind
    group by wave, stratum, psu, class, kind
),
class_total as (
    select wave, stratum, class, kind,
        {
            'n': sum(columns('^m_(.*)$').n),
            'positives': sum(columns('^m_(.*)$').positives),
            'psus': count(case when columns('^m_(.*)$').n > 0 then 1 end),
            'a': sum(columns('^m_(.*)$').a),
            'y': sum(columns('^m_(.*)$').y),
            'aa': sum(columns('^m_(.*)$').a * columns('^m_(.*)$').a),
            'ay': sum(columns('^m_(.*)$').a * columns('^m_(.*)$').y),
            'yy': sum(columns('^m_(.*)$').y * columns('^m_(.*)$').y)
        } as 'm_\1'
    from psu_domain
    group by wave, stratum, class, kind
),
class_total_in_place as (
    select wave, stratum, unnest(class) as place, kind, columns('^m_')
    from class_total
)
select wave, stratum, area_set, area, dimension, category,
    sum(columns('^m_(.*)$').n)::bigint as 'n_\1',
    sum(columns('^m_(.*)$').positives)::bigint as 'positives_\1',
    sum(columns('^m_(.*)$').psus)::bigint as 'psus_\1',
    sum(columns('^m_(.*)$').a)::double as 'a_\1',
    sum(columns('^m_(.*)$').y)::double as 'y_\1',
    sum(columns('^m_(.*)$').aa)::double as 'aa_\1',
    sum(columns('^m_(.*)$').ay)::double as 'ay_\1',
    sum(columns('^m_(.*)$').yy)::double as 'yy_\1'
from class_total_in_place join place using (place) join kind using (kind)
group by wave, stratum, area_set, area, dimension, category
order by area_set, area, dimension, category, wave, stratum
