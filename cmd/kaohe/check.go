package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

func (c *cli) check() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   c.say("check [目录]", "check [DIR]"),
		Short: c.say("检查方案，一次列出全部错误", "check a plan and list all its mistakes"),
		Long: c.say("检查方案目录（不写则检查自带的默认方案）：单位、事件类型、指标和筛选条件。有错误时逐条给出文件、行、列和提示，退出码为 3。",
			"Checks the plan in a directory, or the default one: units, event types, indicators, filters. Each mistake comes with\nfile, line, column and a hint, and the exit code is 3."),
		Example: c.examples(
			"kaohe check", "检查自带的方案", "check the default plan",
			"kaohe check plan/", "检查改过的方案", "check an edited one"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return c.usagef("多余的参数 %q", "unexpected argument %q", args[1])
			}
			return nil
		},
	}
	cmd.Flags().VarP(choice(&output, "text", "json"), "output", "o", c.say("输出格式", "output"))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		dir := ""
		if len(args) == 1 {
			dir = args[0]
		}
		files, err := c.planFiles(dir)
		if err != nil {
			return err
		}
		plan, mistakes := readPlan(files, dir)
		if output == "json" {
			if mistakes == nil {
				mistakes = []events.Mistake{}
			}
			if err := c.printJSON(map[string]any{"ok": len(mistakes) == 0, "mistakes": mistakes}); err != nil {
				return err
			}
		} else if len(mistakes) > 0 {
			c.showMistakes(mistakes)
		}
		if len(mistakes) > 0 {
			return refused()
		}
		if output == "text" {
			c.showCounts(plan)
		}
		return nil
	}
	return cmd
}

func (c *cli) showCounts(plan *indicators.Plan) {
	filters := 0
	for _, m := range plan.Measures {
		for _, in := range m.Inputs {
			if in.Where != nil {
				filters++
			}
		}
	}
	fmt.Fprintln(c.stdout, c.sayf("ok: 单位 %d 个，事件类型 %d 种，指标 %d 项，筛选条件 %d 个", "ok: %d orgs, %d event types, %d indicators, %d filters",
		plan.Orgs.Len(), len(plan.Catalogue.Types()), len(plan.Indicators), filters))
}
