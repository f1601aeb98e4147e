package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
)

func (c *cli) void() *cobra.Command {
	var e emission
	var reason string
	cmd := &cobra.Command{
		Use:   c.say("void 位置|来源 编号 --reason 原因", "void POSITION|SOURCE ID --reason TEXT"),
		Short: c.say("作废一条登记", "withdraw an event"),
		Long: c.say(`作废一条登记：它不再计入任何数字，原记录和作废的原因都保留。

事件用位置（登记时显示，如 12-0）或来源加编号指明。作废一条“作废”，原来的事件就恢复计入。
被作废的编号不再使用；要登记另一件事请换编号，只是写错了请用 kaohe correct 更正。`,
			`Withdraws an event: it counts nowhere any more. What was recorded stays on record, and so does the reason.

The event is named by its position (shown when it was recorded, such as 12-0) or by its source and its id. Voiding a void
brings back what it withdrew. The id of a voided event stays taken. If the event only says something wrong, put it right
with kaohe correct.`),
		Example: c.examples(
			"kaohe void 12-0 --reason "+c.say("重复登记", "'recorded twice'"), "按位置作废", "by its position",
			"kaohe void kaohe:450703 ZL-7 --reason "+c.say("登记错了", "'recorded in error'"), "按来源和编号作废", "by its source and its id",
			"kaohe void 13-0 --reason "+c.say("证书属实", "'the certificate is real'"), "13-0 是一条作废：作废它，原事件恢复", "13-0 is a void: what it withdrew comes back"),
	}
	flags := cmd.Flags()
	flags.StringVar(&reason, "reason", "", c.say("原因（必填）", "reason (required)"))
	flags.StringVar(&e.source, "source", "", c.say("作废事件自己的来源 URI（默认 kaohe:<单位>）", "source of the void itself, a URI (default kaohe:<org>)"))
	flags.StringVar(&e.time, "time", "", c.say("作废日期（默认今天）", "day of the withdrawal (default today)"))
	c.sends(cmd, &e, func(ctx context.Context, args []string) error {
		t, rest, err := c.subject(args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return c.usagef("多余的参数 %q", "unexpected argument %q", rest[0])
		}
		if err := c.reason(reason); err != nil {
			return err
		}
		return e.void(ctx, c, t, reason)
	})
	return cmd
}

func (e *emission) void(ctx context.Context, c *cli, t target, reason string) error {
	known, err := e.cl.catalogue(ctx)
	if err != nil {
		return err
	}
	if t.at != "" {
		if err := t.look(ctx, e.cl); err != nil {
			return err
		}
	}
	body, err := e.encode(events.TypeVoided, e.day(known), map[string]any{"target_source": t.source, "target_id": t.id, "reason": reason})
	if err != nil {
		return err
	}
	return e.send(ctx, c, body, nil)
}
