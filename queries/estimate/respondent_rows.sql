/*
doc = '''
The rows behind an estimate, for recomputing it elsewhere: a respondent's design, areas and categories, and scores or
answers.
Respondents carry no name or pseudonym, only a number that is the same in every wave of a panel; the rows are personal
data all the same.
'''
grain = "one row per wave and respondent"
reads = ["score", "answer", "membership", "grouping", "population", "design", "replicate_weight", "calibrated_weight"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_set = { type = "varchar", doc = "area set whose areas are wanted" }
dimension = { type = "varchar", doc = "dimension whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators or items, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
psu = { type = "varchar", doc = "sampling unit within the stratum, null where people were sampled directly" }
person = { type = "bigint", doc = "number of the person, the same in every wave of a panel" }
size = { type = "double", doc = "sampling units there are in the stratum, null where not known" }
weight = { type = "double", doc = "weight of the respondent" }
lonely_psu = { type = "varchar", doc = "what the definition says of a stratum with one PSU" }
factors = { type = "double[]", doc = "what the squared distance of each replicate is multiplied with, null where there are none" }
mse = { type = "boolean", doc = "whether distances are from the estimate instead of the replicates' mean" }
calibration = { type = "varchar", doc = "how the wave's weights were calibrated here, null where they are as delivered" }
delivered = { type = "double", doc = "weight before calibration" }
known = { type = "varchar[]", doc = "categories calibrated to, each as margin=category; empty where nothing was calibrated" }
replicates = { type = "double[]", doc = "replicate weights of the respondent, null where none were delivered" }
areas = { type = "varchar", doc = "every area of the set the respondent lies in, each between semicolons" }
categories = { type = "varchar", doc = "every category of the dimension, each between semicolons" }
"y_(.*)" = { type = "double", doc = "score: 1 counts, 0 does not, null is outside the base; of an item the answer, kinds of missing as their negative codes" }
*/
with place as (
    select wave, respondent, ';' || string_agg(area, ';' order by area) || ';' as areas
    from membership
    where area_set = $area_set::varchar and list_contains($waves::varchar[], wave)
    group by wave, respondent
),
kind as (
    select wave, respondent, ';' || string_agg(category, ';' order by category) || ';' as categories
    from grouping
    where dimension = $dimension::varchar and list_contains($waves::varchar[], wave)
    group by wave, respondent
)
select
    wave, stratum, psu, dense_rank() over (order by respondent) as person, size, weight::double as weight,
    coalesce(lonely_psu, 'fail') as lonely_psu, factors, mse,
    calibration, coalesce(delivered, weight)::double as delivered, coalesce(known, []::varchar[]) as known,
    weights::double[] as replicates,
    coalesce(areas, ';') as areas, coalesce(categories, ';') as categories,
    columns($pattern)::double as 'y_\1'
from score
join answer using (wave, respondent)
left join population using (wave, stratum)
left join design using (wave)
left join replicate_weight using (wave, respondent)
left join calibrated_weight using (wave, respondent)
left join place using (wave, respondent)
left join kind using (wave, respondent)
where list_contains($waves::varchar[], wave)
order by wave, stratum, psu, respondent
