package main

import (
	"context"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/indicators"
)

// Control events of which package events has no name.
const (
	typeNil    = "NilReported"
	typeClosed = "PeriodClosed"
	typePlan   = "PlanActivated"
)

func (c *cli) nilReport() *cobra.Command {
	var e emission
	var quarter, reason string
	cmd := &cobra.Command{
		Use:   c.say("nil 指标|类型 --quarter 季度", "nil INDICATOR|TYPE --quarter QUARTER"),
		Short: c.say("零报告：某项本季度确实没有发生", "report that nothing happened in a quarter"),
		Long: c.say(`零报告：某项指标（或某类事件）在一个季度里确实没有发生。此后显示 0，而不是“未报”。
报告日期为季度最后一天；季度尚未结束时为服务的业务日期。只对本单位有效，不延及下级。之后真有发生，照常登记即可。`,
			`Reports that nothing happened in a quarter for an indicator, or for a type of event. It shows 0 from then on instead of "not
reported". The report is dated the quarter's last day, or the server's business date while the quarter lasts. It speaks
for the unit itself and for none below it. If something happens later, simply record it.`),
		Example: c.examples(
			"kaohe nil conversions --quarter 2018Q1", "一季度没有成果转化", "no achievement was converted in the first quarter",
			"kaohe nil PatentGranted --quarter 2018Q1 --org 450703 --reason "+c.say("经核实", "verified"), "一季度没有任何专利授权", "no patent at all was granted in the first quarter"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return c.usagef("应给出一个指标或事件类型，如 kaohe nil conversions --quarter 2018Q1", "expected one indicator or type of event, such as kaohe nil conversions --quarter 2018Q1")
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&quarter, "quarter", "", c.say("季度，如 2018Q1（必填）", "quarter, such as 2018Q1 (required)"))
	flags.StringVar(&reason, "reason", "", c.say("说明", "reason"))
	flags.StringVar(&e.source, "source", "", c.say("来源 URI（默认 kaohe:<单位>）", "source, a URI (default kaohe:<org>)"))
	c.sends(cmd, &e, func(ctx context.Context, args []string) error {
		if quarter == "" {
			return c.usagef("缺少季度，如 --quarter 2018Q1", "the quarter is missing, such as --quarter 2018Q1")
		}
		q, err := indicators.ParseQuarter(quarter)
		if err != nil {
			return c.usagef("选项 --quarter 不能是 %q，应为季度，如 2018Q1", "flag --quarter cannot be %q, expected a quarter like 2018Q1", quarter)
		}
		return e.reportNil(ctx, c, args[0], q, reason)
	})
	return cmd
}

func (e *emission) reportNil(ctx context.Context, c *cli, name string, q indicators.Quarter, reason string) error {
	known, err := e.cl.catalogue(ctx)
	if err != nil {
		return err
	}
	day := q.Last()
	if today, err := events.ParseDay(known.Today); err == nil && today < day {
		day = today
	}
	if day < q.First() {
		return codedError{exitRefused, c.errorf("%s 还没有开始（服务的业务日期是 %s），不能报零", "%s has not begun (the server's business date is %s): nothing can be said of it yet", q, day)}
	}
	data := map[string]any{"quarter": q.String(), nilSubject(known, name): name}
	if reason != "" {
		data["reason"] = reason
	}
	body, err := e.encode(typeNil, day.String(), data)
	if err != nil {
		return err
	}
	return e.send(ctx, c, body, nil)
}

// nilSubject tells types from indicators, which are written in small letters. A name that is neither is refused by the
// server, with a suggestion.
func nilSubject(known *forms.Catalogue, name string) string {
	for i := range known.Types {
		if known.Types[i].Name == name {
			return "event_type"
		}
	}
	if first, _ := utf8.DecodeRuneInString(name); unicode.IsUpper(first) {
		return "event_type"
	}
	return "indicator"
}
