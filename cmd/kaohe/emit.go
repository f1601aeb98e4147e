package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/indicators/api"
)

// emission is one event on its way to the server: what emit, void, correct and nil have in common.
type emission struct {
	cl                    *client
	id, source, org, time string
	nth                   int
	output                string
	spool                 string // directory; empty: none
}

func (c *cli) emit() *cobra.Command {
	var e emission
	var list bool
	cmd := &cobra.Command{
		Use:   c.say("emit 类型 [字段=值 ...]", "emit TYPE [key=value ...]"),
		Short: c.say("登记一件事", "record a fact"),
		Long: c.say(`登记一件事，落盘后返回其位置。同一件事重复登记不会重复计数。

字段用 字段=值 写；嵌套用点号（entities.0.name=…），列表用逗号。金额可写 13万元、1.2亿、130,000，
换算后回显。服务认得哪些类型和字段，用 --list 查看。登记错了用 kaohe correct 更正，或用 kaohe void 作废。

连不上服务时，--spool 把事件暂存在一个目录里，以后用 kaohe flush 按顺序发送，不会重复计数。被服务拒绝的不暂存。`,
			`Records a fact and answers with its position once it is on disk. Recording the same fact again counts nothing twice.

Fields are written key=value; nested ones with dots (entities.0.name=...), lists with commas. Amounts may be
written 13万元, 1.2亿 or 130,000; the conversion is shown. --list shows the types and fields that the server knows.
What was recorded wrongly is put right by kaohe correct, or withdrawn by kaohe void.

While the server cannot be reached --spool keeps events in a directory; kaohe flush sends them later, in order, and nothing
counts twice. What the server refuses is not kept.`),
		Example: c.examples(
			"kaohe emit PatentGranted kind=invention patent_no=ZL201510000001.1 --time 2018-03-20", "一件发明专利授权", "an invention patent was granted",
			"kaohe emit SubsidyApplied subsidy_id=S-2018-04 enterprise_id=E-7 kind=conversion requested_yuan=13万元", "金额用万元", "an amount in 万元",
			"kaohe emit EnvoyTrainingHeld attendees=30 topic=柑橘 --time 2018-03-05 --nth 2", "同一天内容完全相同的第二期培训", "the second of two equal trainings on one day",
			"kaohe emit PatentGranted kind=design patent_no=ZL201530000001.2 --spool "+c.say("待发", "waiting"), "连不上服务就先暂存", "keep it if the server cannot be reached",
			"kaohe emit --list", "有哪些类型", "which types there are",
			"kaohe emit PatentGranted --list", "某类型有哪些字段", "which fields a type has"),
	}
	flags := cmd.Flags()
	flags.StringVar(&e.source, "source", "", c.say("来源 URI（默认 kaohe:<单位>）", "source, a URI (default kaohe:<org>)"))
	flags.StringVar(&e.time, "time", "", c.say("发生日期，如 2018-03-20（默认今天）", "day on which it happened, such as 2018-03-20 (default today)"))
	flags.BoolVar(&list, "list", false, c.say("列出类型，或某类型的字段", "list the types, or the fields of a type"))
	dir := c.spoolFlag(cmd)
	c.sends(cmd, &e, func(ctx context.Context, args []string) error {
		e.spool = *dir
		if list {
			return c.listTypes(ctx, e.cl, args, e.output)
		}
		return e.run(ctx, c, args)
	})
	return cmd
}

// sends adds to a command the flags that all have which send an event, and what is done before run.
func (c *cli) sends(cmd *cobra.Command, e *emission, run func(ctx context.Context, args []string) error) {
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&e.id, "id", "", c.say("事件编号（默认由内容得出，重复登记不会重复计数）", "id of the event (default: derived from what it says, so that a repeat is recognised)"))
	flags.StringVar(&e.org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.IntVar(&e.nth, "nth", 1, c.say("内容完全相同的第几件", "number of this one among those with equal content"))
	flags.VarP(choice(&e.output, "table", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		if e.cl, err = c.client(*server); err != nil {
			return err
		}
		return run(cmd.Context(), args)
	}
}

// notBlank refuses flags that were given and say nothing, as --id "$ID" does when ID is not set: the default in its place
// would be another thing than what was meant.
func (c *cli) notBlank(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && strings.TrimSpace(f.Value.String()) == "" {
			err = c.usagef("选项 --%[1]s 是空的；不需要就不要写 --%[1]s", "flag --%[1]s is empty; leave it out if it is not needed", f.Name)
		}
	})
	return err
}

func (e *emission) run(ctx context.Context, c *cli, args []string) error {
	if len(args) == 0 {
		return c.usagef("缺少事件类型；用 kaohe emit --list 查看有哪些", "the type of event is missing; kaohe emit --list shows which there are")
	}
	assignments, err := c.assignments(args[1:])
	if err != nil {
		return err
	}
	box, err := c.outbox(e.cl, e.spool)
	if err != nil {
		return err
	}
	known, err := box.catalogue(ctx)
	if err != nil {
		return err
	}
	if known == nil {
		return e.keepDraft(ctx, box, args[0], args[1:], assignments)
	}
	if box.spool != nil && e.org == "" {
		e.org = known.DefaultOrg // what waits must not change with the plan
	}
	body, notes, err := e.event(c, known, args[0], assignments)
	if err != nil {
		return err
	}
	a, waiting, err := box.send(ctx, body)
	switch {
	case err != nil:
		return err
	case waiting > 0:
		return e.showKept(box, body, notes, waiting)
	}
	if err := c.showReceipt(e.cl, a, notes, e.output); err != nil {
		return box.unkept(err)
	}
	if args[0] != events.TypeVoided && args[0] != events.TypeCorrected { // these act at once
		c.warnFuture(e.day(known), "--time", known)
	}
	return nil
}

// send posts an event and shows what became of it.
func (e *emission) send(ctx context.Context, c *cli, body []byte, notes []string) error {
	a, err := e.cl.do(ctx, http.MethodPost, "/v1/events", api.MediaEvent, body)
	if err != nil {
		return err
	}
	return c.showReceipt(e.cl, a, notes, e.output)
}

// warnFuture says why figures do not move: a server with an earlier business date, such as the demo's, does not count the
// day yet.
func (c *cli) warnFuture(day, flag string, known *forms.Catalogue) {
	if d, err := events.ParseDay(day); err == nil && known.Today < d.String() {
		c.line(c.stderr, c.sayf("注意: %s 晚于服务的业务日期 %s，到那天才计入；发生日期用 %s 指定",
			"warning: %s is after the server's business date %s and counts from that day on; %s says when it happened", d, known.Today, flag))
	}
}

func (c *cli) assignments(args []string) ([]assignment, error) {
	var list []assignment
	for _, arg := range args {
		a, err := parseAssignment(arg)
		if err != nil {
			return nil, c.usagef("%q 应写成 字段=值，如 kind=invention", "%q is not key=value, such as kind=invention", arg)
		}
		list = append(list, a)
	}
	return list, nil
}

// event writes the structured CloudEvent. Types and fields that are not known go out as they are: the server refuses
// them with its reasons, from one place.
func (e *emission) event(c *cli, known *forms.Catalogue, typ string, list []assignment) (body []byte, notes []string, err error) {
	data, notes, err := c.data(known.Fields(typ), list, forms.Convert)
	if err != nil {
		return nil, nil, err
	}
	body, err = e.encode(typ, e.day(known), data)
	return body, notes, err
}

// data makes the data of an event of assignments, with a note for each value that was written in another way.
func (c *cli) data(fields []forms.Field, list []assignment, convert func(*forms.Field, string) forms.Converted) (object any, notes []string, err error) {
	var data node
	for _, a := range list {
		v := convert(forms.Find(fields, a.path), a.value)
		if v.Note != "" {
			notes = append(notes, a.key()+": "+v.Note)
		}
		if err := data.put(a.path, v.Value); err != nil {
			return nil, nil, c.usagef("字段 %s 给了两次，或既是值又是一组值", "%s is given twice, or is both a value and a group of values", a.key())
		}
	}
	if object, err = data.build(); err != nil {
		return nil, nil, c.usagef("列表的序号应为 0、1、2……，不能有空缺", "the indexes of a list must be 0, 1, 2, ... without a gap")
	}
	return object, notes, nil
}

// encode writes a structured CloudEvent.
func (e *emission) encode(typ, day string, data any) ([]byte, error) {
	event := map[string]any{"specversion": "1.0", "type": typ, "time": day, "data": data}
	for name, value := range map[string]string{"id": e.id, "source": e.source, "org": e.org} {
		if value != "" {
			event[name] = value
		}
	}
	if e.nth != 1 {
		event["nth"] = e.nth
	}
	return json.Marshal(event)
}

// day returns the time of the event: as given, dates in any common way of writing; else today where the plan lives.
func (e *emission) day(known *forms.Catalogue) string {
	if e.time != "" {
		return givenDate(e.time)
	}
	return events.DayOf(time.Now().In(zoneOf(known))).String()
}

// givenDate returns a day or time as the server reads it, or as it came if nobody can.
func givenDate(s string) string {
	if d, ok := forms.PlainDate(s); ok {
		return d
	}
	return s
}
