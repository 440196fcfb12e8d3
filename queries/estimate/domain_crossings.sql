/*
doc = '''
Sums over PSUs of products of two domains' PSU totals, for waves sampled in clusters and for the pairs of domains that
are compared: an area with everybody of its category, two categories of an area, two areas.
A domain is an area crossed with a category. Areas that hold the same respondents of a PSU form a class there, so that
a PSU is summed once for its district, its city and everybody where it lies within all of them.
'''
grain = "one row per wave, stratum and pair of domains that share a PSU"
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
area = { type = "varchar", doc = "area of the first domain" }
other_area = { type = "varchar", doc = "area of the second domain" }
dimension = { type = "varchar", doc = "division of respondents" }
category = { type = "varchar", doc = "category of the first domain" }
other_category = { type = "varchar", doc = "category of the second domain" }
"psus_(.*)" = { type = "bigint", doc = "PSUs with answers in the base from both domains" }
"only_(.*)" = { type = "bigint", doc = "PSUs where the first domain has as many answers as the second, and some" }
"aa_(.*)" = { type = "double", doc = "sum over PSUs of A x other A" }
"ay_(.*)" = { type = "double", doc = "sum over PSUs of A x other Y" }
"ya_(.*)" = { type = "double", doc = "sum over PSUs of Y x other A" }
"yy_(.*)" = { type = "double", doc = "sum over PSUs of Y x other Y" }
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
psu_domain_key as (
    select wave, stratum, psu, class, kind, dimension,
        list_has_any(class, (select list(place) from place where area = 'alle')) as whole
    from psu_domain join kind using (kind)
),
pair as (
    select wave, stratum, psu, one.class, one.kind, other.class as other_class, other.kind as other_kind
    from psu_domain_key as one join psu_domain_key as other using (wave, stratum, psu, dimension)
    where (one.kind = other.kind and (other.whole or dimension = 'alle'))
        or (one.class = other.class and one.kind < other.kind)
),
side as (
    select wave, stratum, psu, class, kind, other_class, other_kind, 'one' as side, columns('^m_')
    from pair join psu_domain using (wave, stratum, psu, class, kind)
    union all
    select wave, stratum, psu, pair.class, pair.kind, other_class, other_kind, 'other' as side, columns('^m_')
    from pair join psu_domain as other using (wave, stratum, psu)
    where other.class = other_class and other.kind = other_kind
),
psu_pair as (
    select wave, stratum, psu, class, kind, other_class, other_kind,
        {
            'one': any_value(case when side = 'one' then columns('^m_(.*)$') end),
            'other': any_value(case when side = 'other' then columns('^m_(.*)$') end)
        } as 'm_\1'
    from side
    group by wave, stratum, psu, class, kind, other_class, other_kind
),
class_pair as (
    select wave, stratum, class, kind, other_class, other_kind,
        {
            'psus': count(case when columns('^m_(.*)$').one.n > 0 and columns('^m_(.*)$').other.n > 0 then 1 end),
            'only': count(case when columns('^m_(.*)$').one.n > 0 and columns('^m_(.*)$').one.n = columns('^m_(.*)$').other.n then 1 end),
            'aa': sum(columns('^m_(.*)$').one.a * columns('^m_(.*)$').other.a),
            'ay': sum(columns('^m_(.*)$').one.a * columns('^m_(.*)$').other.y),
            'ya': sum(columns('^m_(.*)$').one.y * columns('^m_(.*)$').other.a),
            'yy': sum(columns('^m_(.*)$').one.y * columns('^m_(.*)$').other.y)
        } as 'm_\1'
    from psu_pair
    group by wave, stratum, class, kind, other_class, other_kind
),
class_pair_in_place as (
    select wave, stratum, unnest(class) as place, other_class, kind, other_kind, columns('^m_')
    from class_pair
),
place_pair as (
    select wave, stratum, place, unnest(other_class) as other_place, kind, other_kind, columns('^m_')
    from class_pair_in_place
),
named_pair as (
    select wave, stratum, place.area_set, place.area, other_area.area as other_area,
        kind.dimension, kind.category, other_category.category as other_category, columns('^m_')
    from place_pair
    join place using (place)
    join kind using (kind)
    join place as other_area on other_area.place = other_place and other_area.area_set = place.area_set
    join kind as other_category on other_category.kind = other_kind
)
select wave, stratum, area_set, area, other_area, dimension, category, other_category,
    sum(columns('^m_(.*)$').psus)::bigint as 'psus_\1',
    sum(columns('^m_(.*)$').only)::bigint as 'only_\1',
    sum(columns('^m_(.*)$').aa)::double as 'aa_\1',
    sum(columns('^m_(.*)$').ay)::double as 'ay_\1',
    sum(columns('^m_(.*)$').ya)::double as 'ya_\1',
    sum(columns('^m_(.*)$').yy)::double as 'yy_\1'
from named_pair
where (category = other_category and area <> 'alle'
        and (other_area = 'alle' or (dimension = 'alle' and area < other_area)))
    or (category <> other_category and area = other_area)
group by wave, stratum, area_set, area, other_area, dimension, category, other_category
order by area_set, area, other_area, dimension, category, other_category, wave, stratum
