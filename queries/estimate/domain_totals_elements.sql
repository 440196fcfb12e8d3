/*
doc = '''
Weighted sums per domain, for waves where people were sampled directly: each respondent is a PSU of one.
A domain is an area crossed with a category. Respondents alike in areas and categories are summed first (an atom), so
that the areas and categories they belong to are written out for a few thousand atoms and not for every respondent.
Weights are decimals, so every sum is exact. PSUs with an answer are n, and the sum of A x Y is that of Y x Y.
'''
grain = "one row per wave, stratum, area set, area, dimension and category that has respondents"
reads = ["score", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves without PSUs" }
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
"a_(.*)" = { type = "double", doc = "A: weight in the base" }
"y_(.*)" = { type = "double", doc = "Y: weight that counts" }
"aa_(.*)" = { type = "double", doc = "sum over PSUs of A x A" }
"yy_(.*)" = { type = "double", doc = "sum over PSUs of Y x Y" }
*/
with interviewed as (
    select wave, respondent, stratum, weight, weight * weight as square, columns($pattern)
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
atom as (
    select wave, stratum, places, kinds,
        {
            'n': count(columns($pattern)),
            'positives': coalesce(sum(columns($pattern)), 0)::bigint,
            'a': coalesce(sum(case when columns($pattern) is not null then weight end), 0),
            'y': coalesce(sum(case when columns($pattern) = 1 then weight end), 0),
            'aa': coalesce(sum(case when columns($pattern) is not null then square end), 0),
            'yy': coalesce(sum(case when columns($pattern) = 1 then square end), 0)
        } as 'm_\1'
    from interviewed
    join respondent_places using (wave, respondent)
    join respondent_kinds using (wave, respondent)
    group by wave, stratum, places, kinds
),
atom_in_place as (
    select wave, stratum, unnest(places) as place, kinds, columns('^m_')
    from atom
),
place_atom as (
    select wave, stratum, place, kinds,
        {
            'n': sum(columns('^m_(.*)$').n)::bigint,
            'positives': sum(columns('^m_(.*)$').positives)::bigint,
            'a': sum(columns('^m_(.*)$').a),
            'y': sum(columns('^m_(.*)$').y),
            'aa': sum(columns('^m_(.*)$').aa),
            'yy': sum(columns('^m_(.*)$').yy)
        } as 'm_\1'
    from atom_in_place
    group by wave, stratum, place, kinds
),
place_atom_of_kind as (
    select wave, stratum, place, unnest(kinds) as kind, columns('^m_')
    from place_atom
)
select wave, stratum, area_set, area, dimension, category,
    sum(columns('^m_(.*)$').n)::bigint as 'n_\1',
    sum(columns('^m_(.*)$').positives)::bigint as 'positives_\1',
    sum(columns('^m_(.*)$').a)::double as 'a_\1',
    sum(columns('^m_(.*)$').y)::double as 'y_\1',
    sum(columns('^m_(.*)$').aa)::double as 'aa_\1',
    sum(columns('^m_(.*)$').yy)::double as 'yy_\1'
from place_atom_of_kind join place using (place) join kind using (kind)
group by wave, stratum, area_set, area, dimension, category
order by area_set, area, dimension, category, wave, stratum
