package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

func (c *cli) tokenCreate() *cobra.Command {
	var n access.NewToken
	var can, expires string
	cmd := &cobra.Command{
		Use:   c.say("create --org 单位 --can 权限", "create --org UNIT --can ABILITIES"),
		Short: c.say("生成一个令牌，只显示这一次", "make a token, which is shown this once"),
		Long: c.say(`生成一个令牌，写到标准输出，只显示这一次；说明写到标准错误。权限有：

  emit    登记事实、零报告，作废和更正事实
  read    查看指标、事件和数据质量提示
  target  下达、作废和更正目标与参考值
  close   锁定报告期

单位须与服务现行方案中的代码一致；不一致的令牌什么都做不了，服务的运行日志会提醒。`,
			`Makes a token and writes it to standard output, this once; what there is to say about it goes to standard error. It
may be able to

  emit    record facts and nil reports, void and correct facts
  read    see figures, events and findings of data quality
  target  set, void and correct targets and reference values
  close   hand a quarter in

The unit must be one of the daemon's plan: a token of another one reaches nothing, and the daemon's messages say so.`),
		Example: c.examples(
			"kaohe token create --org 450703 --can emit,read --name 'Li Na'", "给一位同事", "for a colleague",
			"TOKEN=$(kaohe token create --org 450703 --can emit --name patents-script --expires 2018-12-31)", "给一个脚本，用到年底", "for a script, until the end of the year",
			"kaohe token create --org '*' --can read --name prometheus > /etc/prometheus/kaohe.token", "给 Prometheus", "for Prometheus",
			"kaohe token create --org '*' --can emit,read,target,close --name admin", "全部权限", "for everything"),
		Args: c.noArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&n.Org, "org", "", c.say("单位代码，含其下级；'*' 为全部单位（必填）", "code of the unit, those below included; '*' for all units (required)"))
	flags.StringVar(&can, "can", "", c.say("权限，用逗号分开: emit,read,target,close（必填）", "what it may do, with commas: emit,read,target,close (required)"))
	flags.StringVar(&n.Name, "name", "", c.say("名称，随事件记录在案，不能重名（默认取自单位）", "name, which is recorded with events and given once (default: made of the unit)"))
	flags.StringVar(&expires, "expires", "", c.say("最后有效的一天，按本机时区（默认不过期）", "last day on which it is good, in this machine's time zone (default: it does not expire)"))
	data := c.tokenData(cmd)
	cmd.RunE = func(*cobra.Command, []string) (err error) {
		if n.Expires, err = c.afterDay(expires); err != nil {
			return err
		}
		if n.Org == "" {
			return c.invalidToken(&access.InvalidError{Field: "org", Want: events.Text{ZH: "一个单位代码，或 '*'", EN: "the code of one unit, or '*'"}})
		}
		if n.Can, err = access.ParseAbilities(strings.Split(can, ",")); err != nil {
			return c.invalidToken(err)
		}
		n.Random = rand.Reader
		return c.createToken(*data, n)
	}
	return cmd
}

// afterDay returns the moment at which a day ends; zero for none.
func (c *cli) afterDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, err := events.ParseDay(s)
	if err != nil {
		return time.Time{}, c.usagef("选项 --expires 不能是 %q，应为日期，如 2018-12-31", "flag --expires cannot be %q, expected a day like 2018-12-31", s)
	}
	year, month, next := (day + 1).Date()
	return time.Date(year, month, next, 0, 0, 0, 0, time.Local), nil
}

func (c *cli) createToken(data string, n access.NewToken) error {
	store, dir, err := c.tokens(data)
	if err != nil {
		return err
	}
	first := !store.Guarded()
	secret, t, err := store.Create(n)
	if err != nil {
		return c.invalidToken(err)
	}
	may, units := t.Can.Words(), t.Principal().Units()
	until := c.say("不过期", "without an end")
	if !t.Expires.IsZero() {
		until = c.sayf("有效至 %s", "until %s", lastMoment(t.Expires))
	}
	c.line(c.stderr, c.sayf("令牌 %s（%s）已存入 %s: 可为 %s %s，%s", "token %s (%s) is kept in %s: it may %[5]s for %[4]s, %[6]s",
		t.Name, t.ID, dir, units.In(c.lang), may.In(c.lang), until))
	c.line(c.stderr, c.say("令牌只显示这一次，请妥善保存；撤销: kaohe token revoke ", "it is shown this once, keep it well; to revoke it: kaohe token revoke ")+t.ID)
	if first {
		c.line(c.stderr, c.say("注意: 这是第一个令牌，从现在起人人都要出示令牌，本机也一样", "warning: this is the first token; from now on everybody must show one, on this machine too"))
	}
	_, err = fmt.Fprintln(c.stdout, secret)
	return err
}

// lastMoment writes the end of a token as the last second at which it is good, in this machine's time zone.
func lastMoment(expires time.Time) string {
	return expires.Add(-time.Second).Local().Format(time.DateTime)
}
