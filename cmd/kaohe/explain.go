package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

func (c *cli) explain() *cobra.Command {
	var quarter, org, span, asOf, after string
	var limit int
	var known knowing
	var show showing
	cmd := &cobra.Command{
		Use:   "explain INDICATOR",
		Short: c.say("说明一个数是怎么来的：算了哪些事件，没算哪些、为什么", "show what a figure is made of: which events count, which do not and why"),
		Long: c.say(`说明一项指标的数：怎样定义，数值、目标、应完成、差距怎样算出，计入了哪些事件、各计多少，考虑过而未计入的有哪些、凭哪条规则。
计入的各条之和恰好等于记分卡上的数；不等时会醒目提示，并以 1 退出。

更正过的事件按更正后的内容列出。“迟报”是在所属季度锁定之后才登记的。一页至多 1,000 条，接着看用 --after，全部列出用 --all。`,
			`Explains the figure of an indicator: its definition, how value, target, what is due and the gap are computed, which events
count and for how much, and which were considered and left out by which rule. What the events contribute sums to the value
of the scorecard exactly; if it does not, that is said loudly and the command exits with 1.

Corrected events are listed as they were corrected. "late" are those recorded after their quarter was closed. A page has up to
1,000 events; --after goes on, --all lists all of them.`),
		Example: c.examples(
			"kaohe explain conversions", "默认单位，本季度", "the default unit, this quarter",
			"kaohe explain envoy_coverage --quarter 2018Q1 --org 450703", "哪些村有特派员，哪些没有", "which villages have an envoy and which have not",
			"kaohe explain hightech_firms --span year --known-at 2018-04-02", "本年累计，按 4 月 2 日时所知", "the year to date, as it was known on 2 April",
			"kaohe explain projects_submitted --all -o csv --bom > events.csv", "全部事件，用 Excel 打开", "all events, to open in Excel"),
		Args: c.oneIndicator,
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&quarter, "quarter", "", c.say("季度，如 2018Q1（默认业务日期所在季度）", "quarter, such as 2018Q1 (default that of the business date)"))
	flags.StringVar(&org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.Var(choice(&span, indicators.SpanQuarter, indicators.SpanYear), "span", c.say("本季或本年累计", "the quarter or the year to date"))
	flags.StringVar(&asOf, "as-of", "", c.say("截至日期（默认业务日期）", "only what happened up to this day (default the business date)"))
	known.flags(c, cmd)
	flags.IntVar(&limit, "limit", api.DefaultPage, c.say("一页至多列几条", "how many events a page has at most"))
	flags.StringVar(&after, "after", "", c.say("从这个位置之后列起", "list events after this position"))
	flags.BoolVar(&show.all, "all", false, c.say("列出全部", "list all of them"))
	show.flags(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		if show.all && !cmd.Flags().Changed("limit") {
			limit = api.MaxPage
		}
		query := url.Values{"at_least": {"end"}, "indicator": {args[0]}, "span": {span}, "limit": {strconv.Itoa(limit)}}
		given(query, map[string]string{"quarter": quarter, "org": org, "as_of": givenDate(asOf), "after": after})
		known.ask(cmd, query)
		body, x, err := cl.explanation(cmd.Context(), query)
		if err == nil && show.all && x.Next != "" {
			body, err = nil, cl.nextPages(cmd.Context(), query, x)
		}
		if err != nil {
			return err
		}
		return c.showExplanation(body, x, show)
	}
	return cmd
}

func (c *cli) oneIndicator(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return c.usagef("缺少指标；用 kaohe gaps -o csv 查看有哪些", "the indicator is missing; kaohe gaps -o csv shows which there are")
	case len(args) > 1:
		return c.usagef("多余的参数 %q", "unexpected argument %q", args[1])
	}
	return nil
}

// explanation asks for a page, and returns it as it came, too.
func (cl *client) explanation(ctx context.Context, query url.Values) (body []byte, x *indicators.Explanation, err error) {
	if body, err = cl.ask(ctx, "/v1/explain", query); err != nil {
		return nil, nil, err
	}
	x = new(indicators.Explanation)
	if err := json.Unmarshal(body, x); err != nil {
		return nil, nil, cl.c.errorf("看不懂服务的回答: %w", "cannot read the server's answer: %w", err)
	}
	return body, x, nil
}

// nextPages adds the pages after to the first one. They are of its quarter and its day, even where midnight has passed
// since. Where something was recorded meanwhile that changes the figures, the sums no longer agree, and that is said.
func (cl *client) nextPages(ctx context.Context, query url.Values, x *indicators.Explanation) error {
	query.Set("quarter", x.Quarter.String())
	query.Set("as_of", x.AsOf)
	for x.Next != "" {
		query.Set("after", x.Next)
		_, page, err := cl.explanation(ctx, query)
		if err != nil {
			return err
		}
		if !x.Append(page) {
			return cl.c.errorf("翻页期间登记了新的内容，请重新查询", "something was recorded while the pages were read; ask again")
		}
	}
	return nil
}

// errInconsistent ends a command that has shown a figure which its events do not add up to.
var errInconsistent = codedError{exitFailed, silentError{errors.New("inconsistent")}}

// showExplanation prints an explanation. As JSON it is passed on as it came; body is nil for one of several pages.
func (c *cli) showExplanation(body []byte, x *indicators.Explanation, show showing) (err error) {
	switch {
	case show.output == "json" && body == nil:
		err = c.printJSON(x)
	case show.output == "json":
		err = c.passOn(body)
	case show.output == "csv":
		c.warnExplained(c.stderr, x)
		err = c.explanationCSV(x, show.bom)
	default:
		c.warnExplained(c.stdout, x)
		c.explanationTable(x)
	}
	if err == nil && !x.Consistent {
		return errInconsistent
	}
	return err
}
