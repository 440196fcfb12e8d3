/*
doc = '''
Respondents of waves with replicate weights or weights calibrated here: the areas and categories they belong to, scores,
all their weights, and the categories calibrated to. The variance of replicates is one of ratios, that under calibrated
weights one of residuals, which everybody has in every domain: both are made of rows, not of sums.
'''
grain = "one row per wave and respondent with a weight above 0"
reads = ["score", "calibrated_weight", "replicate_weight", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
psu = { type = "varchar", doc = "sampling unit within the stratum; the respondent where people were sampled directly" }
weight = { type = "double", doc = "final weight" }
delivered = { type = "double", doc = "weight before calibration" }
known = { type = "varchar[]", doc = "categories calibrated to, each as margin=category; empty where nothing was calibrated" }
replicates = { type = "double[]", doc = "replicate weights, in the order of the delivered columns; null where there are none" }
places = { type = "struct(area_set varchar, area varchar)[]", doc = "areas the respondent lies in" }
kinds = { type = "struct(dimension varchar, category varchar)[]", doc = "categories the respondent belongs to" }
"y_(.*)" = { type = "tinyint", doc = "score: 1 counts, 0 does not, null is outside the base" }
*/
with respondent_places as (
    select wave, respondent, list({'area_set': area_set, 'area': area} order by area_set, area) as places
    from membership
    where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set)
    group by wave, respondent
),
respondent_kinds as (
    select wave, respondent, list({'dimension': dimension, 'category': category} order by dimension, category) as kinds
    from grouping
    where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], dimension)
    group by wave, respondent
)
select wave, stratum, coalesce(psu, respondent) as psu, weight::double as weight,
    coalesce(delivered, weight)::double as delivered, coalesce(known, []::varchar[]) as known,
    weights::double[] as replicates, places, kinds, columns($pattern) as 'y_\1'
from score
left join calibrated_weight using (wave, respondent)
left join replicate_weight using (wave, respondent)
left join respondent_places using (wave, respondent)
left join respondent_kinds using (wave, respondent)
where list_contains($waves::varchar[], wave) and weight > 0
order by wave, respondent
