package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// listTypes prints the event types that the server knows, or the fields of one.
func (c *cli) listTypes(ctx context.Context, cl *client, args []string, output string) error {
	known, err := cl.catalogue(ctx)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return c.showTypes(byHand(known.Types), output)
	}
	var names []string
	for i := range known.Types {
		if known.Types[i].Name == args[0] {
			return c.showFields(&known.Types[i], output)
		}
		names = append(names, known.Types[i].Name)
	}
	err = c.errorf("没有事件类型 %q", "no type of event %q", args[0])
	if near := events.Suggest(args[0], names); near != "" {
		err = c.errorf("没有事件类型 %q，是不是 %s？", "no type of event %q; did you mean %s?", args[0], near)
	}
	return codedError{exitRefused, err}
}

func (c *cli) showTypes(types []forms.Type, output string) error {
	if output == "json" {
		return c.printJSON(types)
	}
	t := grid{head: []string{c.say("类型", "type"), c.say("名称", "title"), c.say("何时登记", "when")}}
	for i := range types {
		if c.command(types[i].Name) != "" {
			continue // said below
		}
		t.rows = append(t.rows, []string{types[i].Name, types[i].Title.In(c.lang), types[i].Description.In(c.lang)})
	}
	t.write(c.stdout, c.color, c.width())
	for i := range types {
		if command := c.command(types[i].Name); command != "" {
			c.line(c.stdout, c.sayf("%s（%s）用 %s 登记", "%s (%s) is recorded by %s", types[i].Name, types[i].Title.In(c.lang), command))
		}
	}
	return nil
}

// byHand leaves out the types that only the system itself records.
func byHand(types []forms.Type) []forms.Type {
	return slices.DeleteFunc(slices.Clone(types), func(t forms.Type) bool { return t.Name == typePlan })
}

// command returns the command that records a type and knows better than emit what goes into it, or "".
func (c *cli) command(typ string) string {
	switch typ {
	case events.TypeVoided:
		return "kaohe void"
	case events.TypeCorrected:
		return "kaohe correct"
	case typeNil:
		return "kaohe nil"
	case typeClosed:
		return "kaohe close"
	}
	return ""
}

func (c *cli) showFields(typ *forms.Type, output string) error {
	if output == "json" {
		return c.printJSON(typ)
	}
	t := grid{head: []string{c.say("字段", "field"), c.say("名称", "title"), c.say("种类", "kind"), c.say("必填", "required"), c.say("取值", "values")}}
	t.rows = append(t.rows, []string{"--time", typ.Day.In(c.lang), "date", "", c.say("默认今天", "default today")})
	t.rows = c.fieldRows(t.rows, "", typ.Fields)
	t.write(c.stdout, c.color, c.width())
	return nil
}

func (c *cli) fieldRows(rows [][]string, prefix string, fields []forms.Field) [][]string {
	for i := range fields {
		f := &fields[i]
		required := ""
		if f.Required {
			required = c.say("是", "yes")
		}
		rows = append(rows, []string{prefix + f.Name, f.Title.In(c.lang), f.Kind, required, c.values(f)})
		rows = c.fieldRows(rows, prefix+f.Name+".", f.Fields)
		if f.Items != nil {
			rows = c.fieldRows(rows, prefix+f.Name+".0.", f.Items.Fields)
		}
	}
	return rows
}

// values lists what a field may hold, with the titles.
func (c *cli) values(f *forms.Field) string {
	list := make([]string, len(f.Enum))
	for i, v := range f.Enum {
		list[i] = v
		if title := f.EnumTitles[v].In(c.lang); title != "" && !strings.EqualFold(title, v) {
			list[i] += " " + title
		}
	}
	return strings.Join(list, ", ")
}

func (c *cli) printJSON(value any) error {
	body, err := encodeJSON(value)
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(body)
	return err
}

// encodeJSON writes a value as the server does: for people to read, and with "S&T" as it is.
func encodeJSON(value any) ([]byte, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(value)
	return body.Bytes(), err
}
