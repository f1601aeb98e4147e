package main

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators"
)

// closing is what close is told.
type closing struct {
	emission
	quarter        indicators.Quarter
	reason, cutoff string
}

func (c *cli) closeQuarter() *cobra.Command {
	var k closing
	cmd := &cobra.Command{
		Use:   c.say("close 季度 --reason 说明", "close QUARTER --reason TEXT"),
		Short: c.say("锁定一个季度：把报出的数固定下来", "close a quarter: keep the figures that are handed in"),
		Long: c.say(`锁定一个单位的一个季度：把当时的记分卡连同方案和日志位置一起记下，作为报出的数。

此后仍可登记、更正、作废该季度的事件（登记时会提示“迟到”）；现数随之变动，报出的数不改，kaohe gaps 两个都显示。
再次锁定即为下一版。--cutoff 只报截至某日的数；默认到季度末，季度尚未结束时到服务的业务日期。`,
			`Closes a quarter of a unit: its scorecard is recorded as it stands, with the plan and the position in the log, as what was
handed in.

Facts of the quarter may still be recorded, corrected and voided (they are marked as late); the current figures follow, the
published ones stay, and kaohe gaps shows both. Closing again makes the next revision. With --cutoff the figures are those up to
that day; by default up to the quarter's end or, while it lasts, up to the server's business date.`),
		Example: c.examples(
			"kaohe close 2018Q1 --org 450703 --reason "+c.say("一季度报表已报", "'report handed in'"), "一季度已报出", "the first quarter was reported",
			"kaohe close 2018Q1 --cutoff 2018-03-25 --reason "+c.say("按通知截止", "'as the notice says'"), "只报到 3 月 25 日", "with what happened up to 25 March",
			"kaohe close 2018Q1 --reason "+c.say("补报", "'reported again'"), "再次锁定，成为下一版", "again: the next revision"),
		Args: func(_ *cobra.Command, args []string) (err error) {
			if len(args) != 1 {
				return c.usagef("应给出一个季度，如 kaohe close 2018Q1", "expected one quarter, such as kaohe close 2018Q1")
			}
			if k.quarter, err = indicators.ParseQuarter(args[0]); err != nil {
				return c.usagef("%q 不是季度，应如 2018Q1", "%q is not a quarter, expected one like 2018Q1", args[0])
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&k.reason, "reason", "", c.say("说明（必填）", "reason (required)"))
	flags.StringVar(&k.cutoff, "cutoff", "", c.say("数据截止日", "last day that the figures include"))
	flags.StringVar(&k.source, "source", "", c.say("锁定事件自己的来源 URI（默认 kaohe:<单位>）", "source of the closing itself, a URI (default kaohe:<org>)"))
	flags.StringVar(&k.time, "time", "", c.say("锁定日期（默认今天）", "day of the closing (default today)"))
	c.sends(cmd, &k.emission, func(ctx context.Context, _ []string) error {
		if err := c.reason(k.reason); err != nil {
			return err
		}
		return k.run(ctx, c)
	})
	return cmd
}

func (k *closing) run(ctx context.Context, c *cli) error {
	known, err := k.cl.catalogue(ctx)
	if err != nil {
		return err
	}
	data := map[string]any{"quarter": k.quarter.String(), "reason": k.reason}
	if k.cutoff != "" {
		data["cutoff"] = givenDate(k.cutoff)
	}
	body, err := k.encode(typeClosed, k.day(known), data)
	if err != nil {
		return err
	}
	if err := k.send(ctx, c, body, nil); err != nil {
		return err
	}
	if k.output != "json" {
		k.showRevision(ctx, c)
	}
	return nil
}

// showRevision says what the closing has become. The quarter is closed by now: if the server does not answer, there is
// nothing to complain of.
func (k *closing) showRevision(ctx context.Context, c *cli) {
	query := url.Values{"at_least": {"end"}, "quarter": {k.quarter.String()}}
	given(query, map[string]string{"org": k.org})
	body, err := k.cl.ask(ctx, "/v1/scorecard", query)
	var card indicators.Scorecard
	if err != nil || json.Unmarshal(body, &card) != nil || card.Closed == nil {
		return
	}
	c.line(c.stdout, c.sayf("%s（%s） %s 已锁定，第 %d 版，数据截至 %s", "%s (%s) %s is closed as revision %d, with figures as of %s",
		card.OrgName.In(c.lang), card.Org, card.Quarter, card.Closed.Revision, card.Closed.AsOf))
}
