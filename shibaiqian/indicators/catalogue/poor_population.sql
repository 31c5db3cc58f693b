-- position: 05
-- title: 建档立卡贫困人口（存量） / Registered poor population, open stock
-- definition: 在存量日为未脱贫、预脱贫或返贫的户，其当日在册的家庭成员数。与稳定脱贫人口是两个不同的存量，不得相减。
-- unit: 人
-- source: S3；domain.md §15.1
-- as_of: 存量日：统计日当天或之前最近的 12 月 31 日（:stock_date）
-- key: households_member.id
-- opens: view_households
-- additive: yes
-- counts_by: village

with rows as (
    select s.region as region, m.id as key, m.name as label
    from households_householdstate s
    join households_member m on m.household_id = s.household_id
    where s.region >= :low and s.region < :high
      and s.state in ('registered', 'pre_exit', 'relapsed') and s.voided_by is null
      and s.since <= :stock_date and (s.until is null or s.until > :stock_date)
      and m.region >= :low and m.region < :high and m.voided_by is null
      and m.joined_on <= :stock_date and (m.left_on is null or m.left_on > :stock_date)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
