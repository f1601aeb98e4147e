package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// correction is what correct is told beside the event.
type correction struct {
	emission
	reason, setTime, setOrg string
}

func (c *cli) correct() *cobra.Command {
	var k correction
	cmd := &cobra.Command{
		Use:   c.say("correct 位置|来源 编号 [字段=值 ...] --reason 原因", "correct POSITION|SOURCE ID [key=value ...] --reason TEXT"),
		Short: c.say("更正一条登记", "put an event right"),
		Long: c.say(`更正一条登记：数字按更正后的内容重新计算，原记录和更正的原因都保留。更正后的内容像新登记一样检查。

只写要改的字段，写法同 kaohe emit：字段=值，嵌套用点号，金额可写 13万元；字段=null 去掉该字段；列表整个替换。
发生日期用 --set-time 改，单位用 --set-org 改；类型、来源、编号不能改，那要作废后另行登记。
事件用位置（登记时显示，如 12-0）或来源加编号指明。`,
			`Puts an event right: figures follow what it says now. What was recorded stays on record, and so does the reason. What comes
out is checked like a new event.

Only what changes is written, as for kaohe emit: key=value, nested fields with dots, amounts as 13万元; key=null takes
a field away; a list is replaced as a whole. --set-time changes the day on which it happened, --set-org its unit. Type, source and
id never change: void the event and record another one.
The event is named by its position (shown when it was recorded, such as 12-0) or by its source and its id.`),
		Example: c.examples(
			"kaohe correct 12-0 patent_no=ZL201510000001.2 --reason "+c.say("号码写错", "'wrong number'"), "改一个字段", "change a field",
			"kaohe correct 12-0 requested_yuan=15万元 note=null --reason "+c.say("按批复", "'as approved'"), "改金额，去掉备注", "change an amount and take the note away",
			"kaohe correct kaohe:450703 ZL-7 --set-time 2018-04-02 --reason "+c.say("以发证日期为准", "'date of issue'"), "改发生日期", "change the day on which it happened"),
	}
	flags := cmd.Flags()
	flags.StringVar(&k.reason, "reason", "", c.say("原因（必填）", "reason (required)"))
	flags.StringVar(&k.setTime, "set-time", "", c.say("事件改为发生在哪天，如 2018-04-02", "the day on which the event happened after all, such as 2018-04-02"))
	flags.StringVar(&k.setOrg, "set-org", "", c.say("事件改属哪个单位", "code of the unit to which the event belongs after all"))
	flags.StringVar(&k.source, "source", "", c.say("更正事件自己的来源 URI（默认 kaohe:<单位>）", "source of the correction itself, a URI (default kaohe:<org>)"))
	flags.StringVar(&k.time, "time", "", c.say("更正日期（默认今天）；事件的日期用 --set-time 改", "day of the correction (default today); --set-time changes the event's"))
	c.sends(cmd, &k.emission, func(ctx context.Context, args []string) error {
		t, rest, err := c.subject(args)
		if err != nil {
			return err
		}
		changes, err := c.assignments(rest)
		if err != nil {
			return err
		}
		if len(changes) == 0 && k.setTime == "" && k.setOrg == "" {
			return c.usagef("没有说要改什么: 字段=值、--set-time 或 --set-org", "say what changes: key=value, --set-time or --set-org")
		}
		if err := c.reason(k.reason); err != nil {
			return err
		}
		return k.run(ctx, c, t, changes)
	})
	return cmd
}

func (k *correction) run(ctx context.Context, c *cli, t target, changes []assignment) error {
	known, err := k.cl.catalogue(ctx)
	if err != nil {
		return err
	}
	if err := t.look(ctx, k.cl); err != nil {
		return err
	}
	patch, notes, err := k.patch(c, known.Fields(t.typ), changes)
	if err != nil {
		return err
	}
	body, err := k.encode(events.TypeCorrected, k.day(known), map[string]any{
		"target_source": t.source, "target_id": t.id, "patch": patch, "reason": k.reason,
	})
	if err != nil {
		return err
	}
	if err := k.send(ctx, c, body, notes); err != nil {
		return err
	}
	c.warnFuture(givenDate(k.setTime), "--set-time", known)
	return nil
}

// patch is the JSON merge patch of an event.
func (k *correction) patch(c *cli, fields []forms.Field, changes []assignment) (patch map[string]any, notes []string, err error) {
	patch = map[string]any{}
	if k.setTime != "" {
		patch["time"] = givenDate(k.setTime)
	}
	if k.setOrg != "" {
		patch["org"] = k.setOrg
	}
	for _, a := range changes {
		if err := c.noAttribute(fields, a); err != nil {
			return nil, nil, err
		}
	}
	if len(changes) > 0 {
		patch["data"], notes, err = c.data(fields, changes, convertOrRemove)
	}
	return patch, notes, err
}

// convertOrRemove is forms.Convert for a patch, in which null takes a field away whatever its kind.
func convertOrRemove(f *forms.Field, s string) forms.Converted {
	if s == "null" {
		return forms.Converted{}
	}
	return forms.Convert(f, s)
}

// noAttribute refuses time=... and the like where the data has no such field.
func (c *cli) noAttribute(fields []forms.Field, a assignment) error {
	name := a.key()
	if slices.ContainsFunc(fields, func(f forms.Field) bool { return f.Name == a.path[0] }) {
		return nil
	}
	switch name {
	case "time", "org":
		return c.usagef("%[1]s 不在内容里，请用 --set-%[1]s 改", "%[1]s is no field of the data; --set-%[1]s changes it", name)
	case "type", "source", "id":
		return c.usagef("%s 不能更正；请作废后另行登记", "%s cannot be corrected; void the event and record another one", name)
	}
	return nil
}
