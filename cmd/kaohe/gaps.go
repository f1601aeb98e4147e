package main

import (
	"encoding/json"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators"
)

func (c *cli) gaps() *cobra.Command {
	var quarter, org, asOf string
	var known knowing
	var show showing
	cmd := &cobra.Command{
		Use:   "gaps",
		Short: c.say("看差距，最落后的在前", "show what is short of its target, worst first"),
		Long: c.say(`列出一个单位一个季度的全部指标：目标、本季与本年累计、按序时进度应完成多少、还差多少，最落后的在前。

“未报”与 0 不同：没有人报过数。带 * 的目标是示例，并非下达的目标。
锁定的季度另列“已报出”的数；带 ≠ 的，现数与报出的不同。带 † 的目标当年调整过。`,
			`Shows every indicator of a unit in a quarter: target, value of the quarter and of the year to date, what its pace
expects by now and what is missing, worst first.

"not reported" is not 0: nobody has said anything. Targets with * are illustrative; nobody issued them.
A closed quarter also shows what was published; where that is marked with ≠ the figure has changed since. A target with † was
changed within the year.`),
		Example: c.examples(
			"kaohe gaps", "默认单位，本季度", "the default unit, this quarter",
			"kaohe gaps --quarter 2018Q1 --org 450703 --as-of 2018-02-28", "截至 2 月底", "as of the end of February",
			"kaohe gaps --quarter 2018Q1 --known-at 2018-04-02", "4 月 2 日时所知，此后的登记、更正不计", "what was known on 2 April, before anything that was recorded or corrected later",
			"kaohe gaps -o csv --bom > gaps.csv", "用 Excel 打开", "to open in Excel"),
		Args: c.noArgs,
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&quarter, "quarter", "", c.say("季度，如 2018Q1（默认业务日期所在季度）", "quarter, such as 2018Q1 (default that of the business date)"))
	flags.StringVar(&org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.StringVar(&asOf, "as-of", "", c.say("截至日期（默认业务日期）", "only what happened up to this day (default the business date)"))
	known.flags(c, cmd)
	flags.BoolVar(&show.all, "all", false, c.say("也列出既无目标又从未报过的指标", "also those without a target that nobody ever reported"))
	show.flags(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		// at_least=end: whoever runs "emit && gaps" sees what was emitted.
		query := url.Values{"at_least": {"end"}}
		given(query, map[string]string{"quarter": quarter, "org": org, "as_of": givenDate(asOf)})
		known.ask(cmd, query)
		body, err := cl.ask(cmd.Context(), "/v1/scorecard", query)
		if err != nil {
			return err
		}
		return c.showAnswer(body, show)
	}
	return cmd
}

// given adds to a query what was said.
func given(query url.Values, parameters map[string]string) {
	for name, value := range parameters {
		if value != "" {
			query.Set(name, value)
		}
	}
}

// showAnswer prints a scorecard in the server's JSON. As JSON it is passed on as it came; it says itself what it lacks.
func (c *cli) showAnswer(body []byte, show showing) error {
	if show.output == "json" {
		return c.passOn(body)
	}
	var card indicators.Scorecard
	if err := json.Unmarshal(body, &card); err != nil {
		return c.errorf("看不懂服务的回答: %w", "cannot read the server's answer: %w", err)
	}
	if show.output == "csv" {
		c.warnIncomplete(c.stderr, &card) // who reads a CSV does not look for comments in it
		return c.showCSV(&card, show.bom)
	}
	c.warnIncomplete(c.stdout, &card)
	c.showTable(&card, show.all)
	return nil
}

// showCard prints a scorecard of this process. It goes through the JSON, so that it reads exactly as from a server: the
// JSON has four decimals, the card has fractions.
func (c *cli) showCard(card *indicators.Scorecard, show showing) error {
	body, err := encodeJSON(card)
	if err != nil {
		return err
	}
	return c.showAnswer(body, show)
}
