package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

func (c *cli) tokenRevoke() *cobra.Command {
	cmd := &cobra.Command{
		Use:   c.say("revoke 名称|编号", "revoke NAME|ID"),
		Short: c.say("撤销一个令牌，立即生效", "revoke a token, with effect at once"),
		Long: c.say("撤销一个令牌：从下一个请求起不再接受它，服务正在运行也一样。它登记过的事件保留，名称不再使用。",
			"Revokes a token: from the next request on it is not taken any more, also by a daemon that runs. What it recorded stays, and\nits name is not given again."),
		Example: c.examples("kaohe token revoke 'Li Na'", "按名称", "by its name", "kaohe token revoke 7hq2mzt4", "按编号", "by its id"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return c.usagef("请给出一个令牌的名称或编号；kaohe token list 列出全部", "name one token, by its name or id; kaohe token list shows them")
			}
			return nil
		},
	}
	data := c.tokenData(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		store, _, err := c.tokens(*data)
		if err != nil {
			return err
		}
		t, err := store.Revoke(args[0])
		if errors.Is(err, access.ErrNoSuchToken) {
			return c.noSuchToken(store, args[0])
		}
		if err != nil {
			return err
		}
		c.line(c.stdout, c.sayf("令牌 %s（%s）自 %s 起已撤销", "token %s (%s) is revoked since %s", t.Name, t.ID, t.Revoked.Local().Format(time.DateTime)))
		return nil
	}
	return cmd
}

func (c *cli) noSuchToken(store *access.Store, name string) error {
	list, err := store.List()
	if err != nil {
		return err
	}
	var names []string
	for _, t := range list {
		names = append(names, t.Name, t.ID)
	}
	if near := events.Suggest(name, names); near != "" {
		return c.errorf("没有令牌 %q，是不是 %q？", "no token %q; did you mean %q?", name, near)
	}
	return c.errorf("没有令牌 %q；kaohe token list 列出全部", "no token %q; kaohe token list shows them", name)
}
