-- position: 02
-- title: 国家级贫困县区 / Counties on the national poverty list
-- definition: 列入国家扶贫开发工作重点县或片区县名单的县、区数。
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
      and r.level = 'county' and r.poor_county = 'national'
      and (r.valid_from is null or r.valid_from <= :as_of) and (r.valid_to is null or r.valid_to > :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
