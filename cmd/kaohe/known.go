package main

import (
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/indicators"
)

// knowing is the point of the log that a question is about, for the commands that ask one.
type knowing struct {
	at, plan string
}

func (k *knowing) flags(c *cli, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&k.at, "known-at", "", c.say("只用当时已登记的内容: 时间、日期（到当天结束）或位置，如 12-0",
		"only what was recorded by then: a time, a day (its end) or a position such as 12-0"))
	flags.Var(choice(&k.plan, "then", "current"), "plan", c.say("与 --known-at 同用: 当时的方案或现在的方案", "with --known-at: the plan of that time or today's"))
}

// ask adds the point to a query. What was not said is left to the server.
func (k *knowing) ask(cmd *cobra.Command, query url.Values) {
	given(query, map[string]string{"known_at": givenDate(k.at)})
	if cmd.Flags().Changed("plan") {
		query.Set("plan", k.plan)
	}
}

// knownAt says in a title at which point figures stand that are not those of all that is known.
func (c *cli) knownAt(at *indicators.KnownAt) string {
	if at == nil {
		return ""
	}
	return c.sayf("，按提交 %d（%s 登记）时所知", ", as known at commit %d (recorded %s)", at.Commit, at.Recorded.Format(time.DateTime))
}
