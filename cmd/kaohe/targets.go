package main

import (
	"encoding/json"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators/api"
)

func (c *cli) targets() *cobra.Command {
	var org, year, indicator, asOf string
	var below bool
	var known knowing
	var show showing
	cmd := &cobra.Command{
		Use:   "targets",
		Short: c.say("看目标的来历：谁在何时为何定了、改了什么", "show who set and changed which target, when and why"),
		Long: c.say(`列出一个单位一年里下达过的全部目标，按指标排列，同一指标按登记先后：原定多少、改为多少、何时下达、从何时起算、谁定的、依据什么。
当日有效的标“有效”。作废的目标不列。`,
			`Lists every target of a unit for a year, by indicator and in the order in which they were recorded: what it was before, what it
became, when it was set, from when on it holds, who set it and on what grounds. The ones that hold on the day are marked.
Targets that were voided are left out.`),
		Example: c.examples(
			"kaohe targets", "默认单位，今年", "the default unit, this year",
			"kaohe targets --year 2018 --org 450700 --below", "一个市及其各县区 2018 年的目标", "a city and the districts below it, for 2018",
			"kaohe targets --indicator conversions -o csv --bom > targets.csv", "一项指标，用 Excel 打开", "one indicator, to open in Excel",
			"kaohe targets --known-at 2018-06-30", "6 月 30 日时所知的目标", "the targets as they were known on 30 June"),
		Args: c.noArgs,
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.BoolVar(&below, "below", false, c.say("也列出其下各单位", "also the units below it"))
	flags.StringVar(&year, "year", "", c.say("年份，如 2018（默认业务日期所在年）", "year, such as 2018 (default that of the business date)"))
	flags.StringVar(&indicator, "indicator", "", c.say("只看一项指标", "this indicator only"))
	flags.StringVar(&asOf, "as-of", "", c.say("看哪一天有效的目标（默认业务日期）", "mark the targets that hold on this day (default the business date)"))
	known.flags(c, cmd)
	show.flags(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		query := url.Values{"at_least": {"end"}}
		given(query, map[string]string{"org": org, "year": year, "indicator": indicator, "as_of": givenDate(asOf)})
		if below {
			query.Set("below", "true")
		}
		known.ask(cmd, query)
		body, err := cl.ask(cmd.Context(), "/v1/targets", query)
		if err != nil {
			return err
		}
		return c.showTargets(body, show)
	}
	return cmd
}

// showTargets prints a history of targets in the server's JSON. As JSON it is passed on as it came.
func (c *cli) showTargets(body []byte, show showing) error {
	if show.output == "json" {
		return c.passOn(body)
	}
	var history api.Targets
	if err := json.Unmarshal(body, &history); err != nil {
		return c.errorf("看不懂服务的回答: %w", "cannot read the server's answer: %w", err)
	}
	if show.output == "csv" {
		return c.targetsCSV(&history, show.bom)
	}
	c.targetsTable(&history)
	return nil
}
