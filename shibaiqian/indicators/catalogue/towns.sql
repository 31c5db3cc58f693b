-- position: 03
-- title: 镇办 / Towns and subdistricts
-- definition: 镇和街道办事处数；园区、水库、农场等其他代码不计。
-- unit: 个
-- source: S7
-- as_of: 区划在这一天有效（未撤销、未合并）
-- key: regions_region.code
-- opens: view_regions
-- additive: yes
-- counts_by: town

with rows as (
    select r.code as region, r.code as key, r.name as label
    from regions_region r
    where r.code >= :low and r.code < :high
      and r.level = 'town' and r.kind in ('town', 'subdistrict')
      and (r.valid_from is null or r.valid_from <= :as_of) and (r.valid_to is null or r.valid_to > :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
