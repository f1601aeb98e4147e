package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// demoQuarter and demoDay are what the demo's facts are about (the seed quarter).
var (
	demoQuarter = indicators.Quarter{Year: 2018, N: 1}
	demoDay     = demoQuarter.Last()
)

func (c *cli) demo() *cobra.Command {
	var s serving
	var once bool
	var show showing
	cmd := &cobra.Command{
		Use:   "demo",
		Short: c.say("用一个县区 2018 年第一季度的示例看效果", "show the first quarter of 2018 of one district"),
		Long: c.say(`把一个县区科技局 2018 年第一季度的事实按正常途径登记进去，显示差距表，然后继续提供服务（业务日期 2018-03-31）。
示例目标并非下达的目标。数据放在临时目录，结束时删除；用 --data 可保留。`,
			`Records the first quarter of 2018 of one district S&T bureau in the regular way, shows its gaps, and goes on serving with
the business date 2018-03-31. The targets are illustrative. The data lies in a temporary directory that is removed at the
end; --data keeps it.`),
		Example: c.examples(
			"kaohe demo", "显示并继续服务", "show and go on serving",
			"kaohe demo --once --lang zh", "只显示一次，中文", "show once, in Chinese",
			"kaohe demo --once -o json", "给程序看", "for programs"),
		Args: c.noArgs,
	}
	c.servingFlags(cmd, &s)
	flags := cmd.Flags()
	flags.BoolVar(&once, "once", false, c.say("显示之后就退出", "exit after showing"))
	flags.BoolVar(&show.all, "all", false, c.say("也列出既无目标又从未报过的指标", "also those without a target that nobody ever reported"))
	flags.StringVar(&s.data, "data", "", c.say("数据目录（默认临时目录）", "data directory (default: a temporary one)"))
	show.outputFlag(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		s.asOf = demoDay.String()
		if once {
			s.listen = ""
		}
		opts, err := c.appOptions(&s, slog.LevelWarn)
		if err != nil {
			return err
		}
		ctx, restore := underSignals(cmd.Context())
		defer restore()
		if opts.Data == "" {
			if opts.Data, err = os.MkdirTemp("", "kaohe-demo-"); err != nil {
				return err
			}
			defer os.RemoveAll(opts.Data)
		}
		return c.withApp(ctx, opts, func(ctx context.Context, a *app.App) error {
			if err := c.runDemo(ctx, a, opts.Plan, show); err != nil || once {
				return err
			}
			c.nextSteps(a.Addr())
			return untilEnd(ctx, a, &s)
		})
	}
	return cmd
}

// runDemo records the demo and shows what it comes to.
func (c *cli) runDemo(ctx context.Context, a *app.App, plan *indicators.Plan, show showing) error {
	if err := a.Caught(ctx); err != nil {
		return err
	}
	fresh, recorded, err := c.loadDemo(ctx, a)
	if err != nil {
		return err
	}
	out := c.stdout
	if show.output != "table" {
		out = c.stderr // stdout is for programs
	}
	fmt.Fprintln(out, c.sayf("登记示例: 新增 %d 条，先前已登记 %d 条", "recorded the demo: %d new, %d already recorded", fresh, recorded))
	org, ok := plan.Orgs.Index(plan.DefaultOrg)
	if !ok {
		return c.errorf("方案没有默认单位", "the plan has no default org")
	}
	card, err := a.Scorecard(ctx, demoQuarter, org, demoDay)
	if err != nil {
		return err
	}
	if show.output == "table" {
		fmt.Fprintln(out)
	}
	return c.showCard(card, show)
}

// loadDemo sends the demo's files through the intake, in the order of their names: facts, then targets.
func (c *cli) loadDemo(ctx context.Context, a *app.App) (fresh, recorded int, err error) {
	files := deploy.Demo()
	names, err := fs.Glob(files, "*.ndjson")
	if err != nil {
		return 0, 0, err
	}
	slices.Sort(names)
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return 0, 0, err
		}
		receipt, err := a.Emit(ctx, splitLines(content))
		if err != nil {
			return 0, 0, c.errorf("登记示例 %s: %w", "record the demo's %s: %w", name, err)
		}
		if err := c.refusedDemo(name, receipt); err != nil {
			return 0, 0, err
		}
		f, _, _ := receipt.Counts()
		fresh, recorded = fresh+f, recorded+len(receipt.Events)-f
	}
	return fresh, recorded, nil
}

// refusedDemo names the first event of the demo that was refused: the data directory holds something else under its id. One
// that somebody has voided since is recorded, and stays voided.
func (c *cli) refusedDemo(name string, receipt intake.Receipt) error {
	for i, e := range receipt.Events {
		if e.Refusal != nil && e.Refusal.Code != intake.CodeVoided {
			return codedError{exitRefused, c.errorf("示例 %s 第 %d 条未被接受: %s", "the demo's %s, event %d, was refused: %s", name, i+1, indicators.Visible(e.Refusal.Text.In(c.lang)))}
		}
	}
	return nil
}

func splitLines(content []byte) (lines [][]byte) {
	for line := range bytes.Lines(content) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// nextSteps says what to try with the running demo.
func (c *cli) nextSteps(addr string) {
	url, server := "http://"+addr, ""
	if addr != app.DefaultListen {
		server = " --server " + url
	}
	day := events.Day(demoDay - 3).String()
	fmt.Fprintln(c.stdout, c.sayf(`
服务仍在运行: %[1]s（业务日期 %[2]s），Ctrl-C 结束。在另一个终端里试试:
  curl -s %[1]s/metrics | grep kaohe_indicator_gap
  kaohe emit PatentGranted kind=invention patent_no=ZL201510000001.1 --time %[3]s%[4]s
  kaohe gaps%[4]s`, `
The server goes on: %[1]s (business date %[2]s), Ctrl-C ends it. Try in another terminal:
  curl -s %[1]s/metrics | grep kaohe_indicator_gap
  kaohe emit PatentGranted kind=invention patent_no=ZL201510000001.1 --time %[3]s%[4]s
  kaohe gaps%[4]s`, url, demoDay, day, server))
}
