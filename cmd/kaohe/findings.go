package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators/api"
)

func (c *cli) findings() *cobra.Command {
	var org, rule, severity, after string
	var limit int
	var show showing
	cmd := &cobra.Command{
		Use:   "findings",
		Short: c.say("看登记的内容有哪些可疑之处，最严重的在前", "show what is odd about what was recorded, worst first"),
		Long: c.say(`列出一个单位及其下级登记的内容里的可疑之处：是哪条规则（DQ-01 至 DQ-20）、哪些事件、怎样处理。事件都已照常计入；
这里的提示不影响任何数字。改正（kaohe correct）或作废（kaohe void）之后，提示随即消失。

“错误”是内容互相矛盾，“提醒”是很可能有误，“留意”往往属正常。用不着的规则可在方案的 quality.off 中关闭。`,
			`Lists what is odd about the facts of a unit and of the units below it: by which rule (DQ-01 to DQ-20), which events and what
to do. The events count all the same, and no figure depends on what is said here. Once they are corrected (kaohe correct) or voided
(kaohe void) the finding is gone.

An error is a contradiction, a warning is probably wrong, and a note is often in order. A rule that is of no use can be switched off
in the plan's quality.off.`),
		Example: c.examples(
			"kaohe findings", "默认单位及其下级", "the default unit and those below it",
			"kaohe findings --org 450700 --severity error", "一个市的错误", "the errors of a city",
			"kaohe findings --rule DQ-09 --all", "可能用错单位的金额", "amounts that may be in the wrong unit",
			"kaohe findings --all -o csv --bom > findings.csv", "用 Excel 打开", "to open in Excel"),
		Args: c.noArgs,
	}
	server := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&org, "org", "", c.say("单位代码（默认为方案的默认单位）", "code of the unit (default: the plan's)"))
	flags.StringVar(&rule, "rule", "", c.say("只看一条规则，如 DQ-09", "this rule only, such as DQ-09"))
	flags.StringVar(&severity, "severity", "", c.say("只看 error（错误）、warn（提醒）或 info（留意）", "error, warn or info only"))
	flags.IntVar(&limit, "limit", api.DefaultFindings, c.say("一页至多列几条", "how many a page has at most"))
	flags.StringVar(&after, "after", "", c.say("从上一页末尾之后列起", "go on after the page that ended with this"))
	flags.BoolVar(&show.all, "all", false, c.say("列出全部", "list all of them"))
	show.flags(c, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		if show.all && !cmd.Flags().Changed("limit") {
			limit = api.MaxFindings
		}
		query := url.Values{"at_least": {"end"}, "limit": {strconv.Itoa(limit)}}
		given(query, map[string]string{"org": org, "rule": rule, "severity": severity, "after": after})
		body, page, err := cl.findings(cmd.Context(), query)
		for err == nil && show.all && page.Next != "" {
			var next *api.Findings
			query.Set("after", page.Next)
			if _, next, err = cl.findings(cmd.Context(), query); err == nil {
				body, page.Next = nil, next.Next
				page.Findings = append(page.Findings, next.Findings...)
			}
		}
		if err != nil {
			return err
		}
		return c.showFindings(body, page, show)
	}
	return cmd
}

// findings asks for a page, and returns it as it came, too.
func (cl *client) findings(ctx context.Context, query url.Values) (body []byte, page *api.Findings, err error) {
	if body, err = cl.ask(ctx, "/v1/findings", query); err != nil {
		return nil, nil, err
	}
	page = new(api.Findings)
	if err := json.Unmarshal(body, page); err != nil {
		return nil, nil, cl.c.errorf("看不懂服务的回答: %w", "cannot read the server's answer: %w", err)
	}
	return body, page, nil
}

// showFindings prints findings. As JSON they are passed on as they came; body is nil for several pages.
func (c *cli) showFindings(body []byte, page *api.Findings, show showing) error {
	switch {
	case show.output == "json" && body == nil:
		return c.printJSON(page)
	case show.output == "json":
		return c.passOn(body)
	case show.output == "csv":
		return c.findingsCSV(page, show.bom)
	}
	c.findingsTable(page)
	return nil
}
