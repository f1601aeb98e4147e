package main

import (
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

func (c *cli) restatedQuarter() *cobra.Command {
	var quarter indicators.Quarter
	var org, indicator, asOf string
	var revision int
	var show showing
	cmd := &cobra.Command{
		Use:   c.say("restated 季度", "restated QUARTER"),
		Short: c.say("看报出的数为何变成了现在的数", "show why published figures are no longer what they were"),
		Long: c.say(`把一个单位一个季度报出的数与现数逐项对上：报出的数，加上每一种原因的变动，等于现数，分毫不差；下面列出引起变动的每一个事件。

原因依次为：程序（同样的方案和数据，这一版程序算出的不同）、口径（方案或单位体系改了）、截止日（报出时截至的日子与现在不同）、
迟到（锁定后才登记的事实）、作废、更正、目标、参照值。报出的数本身不改；只有用 kaohe close 锁定过的季度才有。`,
			`Leads from what a unit published for a quarter to what is known now: the published figure and the changes by each cause add up to
the current one, exactly. Below stands every event that changed a figure.

The causes are, in this order: software (from the same plan and the same facts this version computes something else), definition (the
plan or the tree of units has changed), cut-off (the published figures were of another day), late (facts recorded after the closing),
voided, corrected, target and reference. What was published stays as it is; there is something to show only for a quarter that was
closed with kaohe close.`),
		Example: c.examples(
			"kaohe restated 2018Q1", "默认单位，最后一版", "the default unit, what was published last",
			"kaohe restated 2018Q1 --org 450703 --revision 1", "与第一版对比", "against the first revision",
			"kaohe restated 2018Q1 --indicator conversions", "只看一项指标", "one indicator",
			"kaohe restated 2018Q1 -o csv --bom > restated.csv", "用 Excel 打开", "to open in Excel"),
		Args: func(_ *cobra.Command, args []string) (err error) {
			if len(args) != 1 {
				return c.usagef("应给出一个季度，如 kaohe restated 2018Q1", "expected one quarter, such as kaohe restated 2018Q1")
			}
			if quarter, err = indicators.ParseQuarter(args[0]); err != nil {
				return c.usagef("%q 不是季度，应如 2018Q1", "%q is not a quarter, expected one like 2018Q1", args[0])
			}
			return nil
		},
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.StringVar(&indicator, "indicator", "", c.say("只看一项指标", "this indicator only"))
	flags.IntVar(&revision, "revision", 0, c.say("第几版（默认最后一版）", "the revision (default the last one)"))
	flags.StringVar(&asOf, "as-of", "", c.say("现数截至日期（默认业务日期）", "current figures with what happened up to this day (default the business date)"))
	show.flags(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		query := url.Values{"at_least": {"end"}, "quarter": {quarter.String()}}
		given(query, map[string]string{"org": org, "indicator": indicator, "as_of": givenDate(asOf)})
		if cmd.Flags().Changed("revision") {
			query.Set("revision", strconv.Itoa(revision))
		}
		body, err := cl.ask(cmd.Context(), "/v1/restatement", query)
		if err != nil {
			return err
		}
		return c.showRestatement(body, show)
	}
	return cmd
}

// showRestatement prints a restatement in the server's JSON. As JSON it is passed on as it came.
func (c *cli) showRestatement(body []byte, show showing) error {
	if show.output == "json" {
		return c.passOn(body)
	}
	var r api.Restatement
	if err := json.Unmarshal(body, &r); err != nil {
		return c.errorf("看不懂服务的回答: %w", "cannot read the server's answer: %w", err)
	}
	if show.output == "csv" {
		return c.restatementCSV(&r, show.bom)
	}
	c.restatementTable(&r)
	return nil
}
