package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events/access"
)

// listedToken is a token as programs get it.
type listedToken struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Org     string       `json:"org"`
	Can     []string     `json:"can"`
	State   access.State `json:"state"`
	Created time.Time    `json:"created"`
	Expires time.Time    `json:"expires,omitzero"` // the first moment at which it is not good any more
	Revoked time.Time    `json:"revoked,omitzero"`
}

func (c *cli) tokenList() *cobra.Command {
	var show showing
	cmd := &cobra.Command{
		Use:     "list",
		Short:   c.say("列出全部令牌，撤销和过期的也在内", "list all tokens, also those that were revoked or have expired"),
		Example: c.examples("kaohe token list", "令牌清单，不含令牌本身", "the tokens, without what is secret"),
		Args:    c.noArgs,
	}
	show.flags(c, cmd)
	data := c.tokenData(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		store, _, err := c.tokens(*data)
		if err != nil {
			return err
		}
		list, err := store.List()
		if err != nil {
			return err
		}
		return c.listTokens(&show, list, time.Now())
	}
	return cmd
}

func (c *cli) listTokens(show *showing, list []access.Token, now time.Time) error {
	switch show.output {
	case "json":
		all := make([]listedToken, len(list))
		for i, t := range list {
			all[i] = listedToken{t.ID, t.Name, t.Org, t.Can.Names(), t.State(now), t.Created, t.Expires, t.Revoked}
		}
		body, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return err
		}
		return c.passOn(body)
	case "csv":
		return c.writeCSV(show.bom, []string{"id", "name", "org", "can", "state", "created", "expires", "revoked"}, func(row func(cells ...any)) {
			for _, t := range list {
				row(t.ID, t.Name, t.Org, t.Can.String(), t.State(now), moment(t.Created, time.RFC3339), moment(t.Expires, time.RFC3339), moment(t.Revoked, time.RFC3339))
			}
		})
	}
	if len(list) == 0 {
		c.line(c.stdout, c.say("没有令牌；生成: kaohe token create", "there are no tokens; to make one: kaohe token create"))
		return nil
	}
	g := grid{
		head: []string{c.say("名称", "name"), c.say("单位", "unit"), c.say("权限", "may"), c.say("状态", "state"), c.say("生成", "made"),
			c.say("有效至", "until"), c.say("撤销", "revoked"), c.say("编号", "id")},
		spare: []int{4, 6},
	}
	for _, t := range list {
		until := ""
		if !t.Expires.IsZero() {
			until = lastMoment(t.Expires)
		}
		g.rows = append(g.rows, []string{t.Name, t.Org, t.Can.String(), stateWords[t.State(now)].In(c.lang), moment(t.Created.Local(), time.DateTime), until,
			moment(t.Revoked.Local(), time.DateTime), t.ID})
	}
	g.write(c.stdout, c.color, c.width())
	return nil
}

// moment writes a time; none is empty.
func moment(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(layout)
}
