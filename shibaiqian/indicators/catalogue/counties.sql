-- position: 01
-- title: 县区 / Counties and districts
-- definition: 市以下的县、区数。
-- unit: 个
-- source: S3
-- as_of: 区划在这一天有效（未撤销、未合并）
-- key: regions_region.code
-- opens: view_regions
-- additive: yes
-- counts_by: county

with rows as (
    select r.code as region, r.code as key, r.name as label
    from regions_region r
    where r.code >= :low and r.code < :high
      and r.level = 'county'
      and (r.valid_from is null or r.valid_from <= :as_of) and (r.valid_to is null or r.valid_to > :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
