-- position: 19
-- title: 为民办实事 / Practical services
-- definition: 挂职干部任职期内为群众办理、且已经受益群众签字、按手印或两名村民见证确认的实事件数，累计。未确认的不计。
-- unit: 件
-- source: S40
-- as_of: 办理日期和确认日期都不晚于统计日，办理日期在任职的到任日期与结束日期之间
-- key: fieldwork_practicalservice.id
-- opens: view_fieldwork
-- additive: yes
-- counts_by: village
-- note: 任职在查看人范围之外的（县级、镇级任职办在村里的事，村里看不到那条任职），以登记时的检查为准。

with rows as (
    select s.region as region, s.id as key, s.content as label
    from fieldwork_practicalservice s
    left join postings_posting p on p.id = s.posting_id
    where s.region >= :low and s.region < :high
      and s.confirmation <> '' and s.voided_by is null
      and s."on" <= :as_of and coalesce(s.confirmed_on, s."on") <= :as_of
      and (
          p.id is null
          or (p.voided_by is null and s."on" >= p.arrived_on and (p.ended_on is null or s."on" <= p.ended_on))
      )
)
select left(region, :depth) as region, count(*) as value from rows group by 1
