-- position: 18
-- title: 包扶项目 / Assistance projects
-- definition: 挂职干部任职期内开工的包扶项目数，累计；含单位自筹的小项目。
-- unit: 个
-- source: S40
-- as_of: 开工日期不晚于统计日，且在任职的到任日期与结束日期之间
-- key: assistance_project.id
-- opens: view_assistance
-- additive: yes
-- counts_by: village
-- note: 任职在查看人范围之外的（县级、镇级任职办在村里的事，村里看不到那条任职），以登记时的检查为准。

with rows as (
    select j.region as region, j.id as key, j.name as label
    from assistance_project j
    left join postings_posting p on p.id = j.posting_id
    where j.region >= :low and j.region < :high
      and j.voided_by is null
      and j.started_on <= :as_of
      and (
          p.id is null
          or (p.voided_by is null and j.started_on >= p.arrived_on and (p.ended_on is null or j.started_on <= p.ended_on))
      )
)
select left(region, :depth) as region, count(*) as value from rows group by 1
