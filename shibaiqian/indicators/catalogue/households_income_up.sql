-- position: 20
-- title: 增收户 / Households with rising income
-- definition: 统计日有有效利益联结、且最近一个完整年度人均纯收入高于首个有记录年度的户数；一户有多个联结只计一次。
-- unit: 户
-- source: S40
-- as_of: 联结在统计日有效；收入年度不晚于统计日之前最近的完整年度（:last_year）
-- key: households_household.id
-- opens: view_households
-- additive: yes
-- counts_by: village

with rows as (
    select h.region as region, h.id as key, h.head_name as label
    from households_household h
    join (
        -- One pass: year and income in one number, so that the smallest is the first year's and the largest the last year's.
        select
            i.household_id as household_id,
            min(i.year * 1000000000000 + 500000000000 + i.net_per_head_cents) as first_year,
            max(i.year * 1000000000000 + 500000000000 + i.net_per_head_cents) as last_year
        from households_incomeyear i
        where i.region >= :low and i.region < :high
          and i.voided_by is null and i.year <= :last_year
          and i.household_id in (
              select l.household_id
              from assistance_benefitlink l
              where l.region >= :low and l.region < :high
                and l.voided_by is null
                and l.since <= :as_of and (l.until is null or l.until >= :as_of)
          )
        group by i.household_id
    ) earned on earned.household_id = h.id
    where h.region >= :low and h.region < :high
      and h.voided_by is null
      and mod(earned.last_year, 1000000000000) > mod(earned.first_year, 1000000000000)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
