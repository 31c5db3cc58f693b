-- position: 04
-- title: 贫困村 / Poor villages
-- definition: 最近一次认定为贫困村的村（社区）数。
-- unit: 个
-- source: S3
-- as_of: 现行认定；认定不带日期
-- key: regions_villageprofile.id
-- opens: view_regions
-- additive: yes
-- counts_by: village

with rows as (
    select v.region as region, v.id as key, r.name as label
    from regions_villageprofile v
    join regions_region r on r.code = v.region
    where v.region >= :low and v.region < :high
      and v.poor_village and v.voided_by is null
)
select left(region, :depth) as region, count(*) as value from rows group by 1
