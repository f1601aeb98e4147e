package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// emission is one fact on its way to the server.
type emission struct {
	cl                    *client
	id, source, org, time string
	nth                   int
	output                string
	list                  bool
}

func (c *cli) emit() *cobra.Command {
	var e emission
	cmd := &cobra.Command{
		Use:   c.say("emit 类型 [字段=值 ...]", "emit TYPE [key=value ...]"),
		Short: c.say("登记一件事", "record a fact"),
		Long: c.say(`登记一件事，落盘后返回其位置。同一件事重复登记不会重复计数。

字段用 字段=值 写；嵌套用点号（entities.0.name=…），列表用逗号。金额可写 13万元、1.2亿、130,000，
换算后回显。服务认得哪些类型和字段，用 --list 查看。`,
			`Records a fact and answers with its position once it is on disk. Recording the same fact again counts nothing twice.

Fields are written key=value; nested ones with dots (entities.0.name=...), lists with commas. Amounts may be
written 13万元, 1.2亿 or 130,000; the conversion is shown. --list shows the types and fields that the server knows.`),
		Example: c.examples(
			"kaohe emit PatentGranted kind=invention patent_no=ZL201510000001.1 --time 2018-03-20", "一件发明专利授权", "an invention patent was granted",
			"kaohe emit SubsidyApplied subsidy_id=S-2018-04 enterprise_id=E-7 kind=conversion requested_yuan=13万元", "金额用万元", "an amount in 万元",
			"kaohe emit EnvoyTrainingHeld attendees=30 topic=柑橘 --time 2018-03-05 --nth 2", "同一天内容完全相同的第二期培训", "the second of two equal trainings on one day",
			"kaohe emit --list", "有哪些类型", "which types there are",
			"kaohe emit PatentGranted --list", "某类型有哪些字段", "which fields a type has"),
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&e.id, "id", "", c.say("事件编号（默认由内容得出，重复登记不会重复计数）", "id of the event (default: derived from the fact, so that a repeat is recognised)"))
	flags.StringVar(&e.source, "source", "", c.say("来源 URI（默认 kaohe:<单位>）", "source, a URI (default kaohe:<org>)"))
	flags.StringVar(&e.org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.StringVar(&e.time, "time", "", c.say("发生日期，如 2018-03-20（默认今天）", "day on which it happened, such as 2018-03-20 (default today)"))
	flags.IntVar(&e.nth, "nth", 1, c.say("内容完全相同的第几件", "number of this one among facts with equal content"))
	flags.BoolVar(&e.list, "list", false, c.say("列出类型，或某类型的字段", "list the types, or the fields of a type"))
	flags.VarP(choice(&e.output, "table", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if e.cl, err = c.client(*server); err != nil {
			return err
		}
		if e.list {
			return c.listTypes(cmd.Context(), e.cl, args, e.output)
		}
		return e.run(cmd.Context(), c, args)
	}
	return cmd
}

func (e *emission) run(ctx context.Context, c *cli, args []string) error {
	if len(args) == 0 {
		return c.usagef("缺少事件类型；用 kaohe emit --list 查看有哪些", "the type of event is missing; kaohe emit --list shows which there are")
	}
	assignments, err := c.assignments(args[1:])
	if err != nil {
		return err
	}
	known, err := e.cl.catalogue(ctx)
	if err != nil {
		return err
	}
	body, notes, err := e.event(c, known, args[0], assignments)
	if err != nil {
		return err
	}
	a, err := e.cl.do(ctx, http.MethodPost, "/v1/events", "application/cloudevents+json", body)
	if err != nil {
		return err
	}
	if err := c.showReceipt(e.cl, a, notes, e.output); err != nil {
		return err
	}
	c.warnFuture(e.day(known), known)
	return nil
}

// warnFuture says why figures do not move: a server with an earlier business date, such as the demo's, does not count the
// day yet.
func (c *cli) warnFuture(day string, known *api.Catalogue) {
	if d, err := events.ParseDay(day); err == nil && known.Today < d.String() {
		fmt.Fprintln(c.stderr, c.sayf("注意: %s 晚于服务的业务日期 %s，到那天才计入；发生日期用 --time 指定",
			"warning: %s is after the server's business date %s and counts from that day on; --time says when it happened", d, known.Today))
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
func (e *emission) event(c *cli, known *api.Catalogue, typ string, list []assignment) (body []byte, notes []string, err error) {
	fields := typeFields(known, typ)
	var data node
	for _, a := range list {
		v := convert(findField(fields, a.path), a.value)
		if v.note != "" {
			notes = append(notes, a.key()+": "+v.note)
		}
		if err := data.put(a.path, v.value); err != nil {
			return nil, nil, c.usagef("字段 %s 给了两次，或既是值又是一组值", "%s is given twice, or is both a value and a group of values", a.key())
		}
	}
	object, err := data.build()
	if err != nil {
		return nil, nil, c.usagef("列表的序号应为 0、1、2……，不能有空缺", "the indexes of a list must be 0, 1, 2, ... without a gap")
	}
	event := map[string]any{"specversion": "1.0", "type": typ, "time": e.day(known), "data": object}
	for name, value := range map[string]string{"id": e.id, "source": e.source, "org": e.org} {
		if value != "" {
			event[name] = value
		}
	}
	if e.nth != 1 {
		event["nth"] = e.nth
	}
	body, err = json.Marshal(event)
	return body, notes, err
}

// day returns the time of the event: as given, dates in any common way of writing; else today where the plan lives.
func (e *emission) day(known *api.Catalogue) string {
	if e.time != "" {
		if d, ok := plainDate(e.time); ok {
			return d
		}
		return e.time
	}
	zone, err := time.LoadLocation(known.TimeZone)
	if err != nil {
		zone = time.Local
	}
	return events.DayOf(time.Now().In(zone)).String()
}

func typeFields(known *api.Catalogue, typ string) []api.Field {
	for i := range known.Types {
		if known.Types[i].Name == typ {
			return known.Types[i].Fields
		}
	}
	return nil
}

// findField follows a path into objects and lists.
func findField(fields []api.Field, path []string) *api.Field {
	for i := range fields {
		f := &fields[i]
		if f.Name != path[0] {
			continue
		}
		for path = path[1:]; f != nil && len(path) > 0; path = path[1:] {
			if !isIndex(path[0]) {
				return findField(f.Fields, path)
			}
			f = f.Items
		}
		return f
	}
	return nil
}

// showReceipt prints what became of the event.
func (c *cli) showReceipt(cl *client, a answer, notes []string, output string) error {
	var r intake.Answer
	if json.Unmarshal(a.body, &r) != nil || len(r.Events) != 1 {
		return cl.problem(a)
	}
	out := r.Events[0]
	people := c.stdout
	if output == "json" {
		fmt.Fprintf(c.stdout, "%s\n", strings.TrimSpace(string(a.body)))
		people = c.stderr // stdout is for programs
	}
	for _, note := range notes {
		fmt.Fprintln(people, note)
	}
	if out.Status == intake.StatusRefused {
		if output != "json" {
			c.showRefusal(out)
		}
		return refused()
	}
	if output != "json" {
		c.showRecorded(out)
	}
	return nil
}

func (c *cli) showRecorded(out intake.EventAnswer) {
	if out.Status == intake.StatusNew {
		fmt.Fprintln(c.stdout, c.sayf("已登记，位置 %s（%s，编号 %s）", "recorded as %s (%s, id %s)", out.Position, out.Type, out.ID))
	} else {
		fmt.Fprintln(c.stdout, c.sayf("先前已登记，位置 %s（%s，编号 %s），不重复计数", "already recorded as %s (%s, id %s), not counted twice", out.Position, out.Type, out.ID))
	}
	for _, w := range out.Warnings {
		fmt.Fprintln(c.stderr, c.say("注意: ", "warning: ")+w.Message)
	}
}

func (c *cli) showRefusal(out intake.EventAnswer) {
	code, message := "", ""
	var faults []intake.FaultAnswer
	if out.Error != nil {
		code, message, faults = out.Error.Code, out.Error.Message, out.Error.Faults
	}
	fmt.Fprintln(c.stderr, c.sayf("未接受（%s）：什么都没有登记", "refused (%s): nothing was recorded", code))
	if len(faults) == 0 || code == intake.CodeConflict {
		fmt.Fprintln(c.stderr, "  "+message)
	}
	for i, f := range faults {
		fmt.Fprintln(c.stderr, "  "+strconv.Itoa(i+1)+". "+f.Message)
	}
}
