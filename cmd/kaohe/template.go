package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/sheets"
)

func (c *cli) template() *cobra.Command {
	var file, plan string
	var force bool
	cmd := &cobra.Command{
		Use:   c.say("template 类型 ...", "template TYPE ..."),
		Short: c.say("写出可填的 Excel 表格", "write a spreadsheet to fill in"),
		Long: c.say(`按方案写出可填的 Excel 表格：每种事件一张工作表，有下拉选项、日期和数字检查、各列的说明和一行示例。
填好后用 kaohe import 导入。类型写英文名或中文名称，不写则列出有哪些。方案取自服务，或用 --plan 指明。`,
			`Writes a spreadsheet to fill in, by the plan: a sheet for each type of event, with lists to choose from, checks of dates
and numbers, a comment on each column and an example row. kaohe import takes it in. Types are given by name or title;
without one they are listed. The plan is that of the server, or that of --plan.`),
		Example: c.examples(
			"kaohe template ProjectSubmitted", "一种事件的表格", "the sheet of a type",
			"kaohe template PatentFiled PatentGranted -o patents.xlsx", "一个文件两张工作表", "two sheets in a file",
			"kaohe template EnvoyTrainingHeld --plan plan", "没有服务时按目录里的方案", "by a plan in a directory, without a server"),
	}
	flags := cmd.Flags()
	server := c.serverFlag(cmd)
	flags.StringVarP(&file, "output", "o", "", c.say("写到此文件，- 为标准输出（默认以类型名称为名）", "file to write, - for standard output (default: named after the type)"))
	flags.StringVar(&plan, "plan", "", c.say("方案目录（默认取自服务）", "directory of the plan (default: that of the server)"))
	flags.BoolVar(&force, "force", false, c.say("覆盖已有的文件", "overwrite a file that exists"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		known, err := c.knownTypes(cmd.Context(), *server, plan)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return c.showTypes(sheetTypes(known), "table")
		}
		types, err := c.typesNamed(known, args)
		if err != nil {
			return err
		}
		return c.writeTemplate(known, types, file, force)
	}
	return cmd
}

// knownTypes asks the plan in a directory, or the server, what may happen.
func (c *cli) knownTypes(ctx context.Context, server connection, plan string) (*forms.Catalogue, error) {
	if plan != "" {
		return c.plannedCatalogue(plan)
	}
	cl, err := c.client(server)
	if err != nil {
		return nil, err
	}
	known, err := cl.catalogue(ctx)
	var none unreachableError
	if errors.As(err, &none) {
		return nil, c.errorf("%w\n  没有服务时用 --plan 目录 指明方案（kaohe init 目录 写出自带的）", "%w\n  without a server name the plan with --plan DIR (kaohe init DIR writes the built-in one)", err)
	}
	return known, err
}

// sheetTypes are the types that people keep in sheets: facts, and that there were none, but not what is about other events.
func sheetTypes(known *forms.Catalogue) (list []forms.Type) {
	for _, t := range known.Types {
		if !t.Control || t.Name == typeNil {
			list = append(list, t)
		}
	}
	return list
}

// typesNamed finds types by their names or titles.
func (c *cli) typesNamed(known *forms.Catalogue, args []string) (names []string, err error) {
	var choices []string
	byName := map[string]string{}
	for _, t := range sheetTypes(known) {
		for _, name := range []string{t.Name, t.Title.ZH, t.Title.EN} {
			choices = append(choices, name)
			byName[strings.ToLower(name)] = t.Name
		}
	}
	for _, arg := range args {
		name, ok := byName[strings.ToLower(arg)]
		if !ok {
			if near := events.Suggest(arg, choices); near != "" {
				return nil, c.usagef("没有可填表的事件类型 %q，是不是 %s？", "no type of event %q to fill in; did you mean %s?", arg, near)
			}
			return nil, c.usagef("没有可填表的事件类型 %q；kaohe template 列出有哪些", "no type of event %q to fill in; kaohe template lists those there are", arg)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// writeTemplate writes the workbook where the user wants it. Nothing that exists is overwritten unless that is asked for.
func (c *cli) writeTemplate(known *forms.Catalogue, types []string, file string, force bool) error {
	var book bytes.Buffer
	if err := sheets.WriteTemplate(&book, sheets.TemplateOptions{Catalogue: known, Types: types, Lang: c.lang}); err != nil {
		return err
	}
	if file == stdinName { // and standard output
		_, err := c.stdout.Write(book.Bytes())
		return err
	}
	if file == "" {
		file = c.templateName(known, types)
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) && !force {
		return c.usagef("%s 已经存在，没有改动；要覆盖请加 --force，或用 -o 换个名字", "%s exists and was left alone; --force overwrites it, -o takes another name", file)
	}
	draft, err := writeDraft(filepath.Dir(file), func(w io.Writer) error { _, err := w.Write(book.Bytes()); return err })
	if err != nil {
		return c.errorf("写不出表格: %w", "cannot write the sheet: %w", err)
	}
	if err := os.Rename(draft, file); err != nil {
		os.Remove(draft)
		return c.errorf("写不出表格: %w", "cannot write the sheet: %w", err)
	}
	c.line(c.stdout, c.sayf("已写出 %s；填好后: kaohe import %s", "wrote %s; when it is filled in: kaohe import %s", file, file))
	return nil
}

// templateName names the file after its first type, as people read it.
func (c *cli) templateName(known *forms.Catalogue, types []string) string {
	name := types[0]
	if c.lang == events.Chinese {
		name = known.Type(name).Title.ZH
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name) + ".xlsx"
}
