package main

import (
	"cmp"
	"errors"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/natslog"
)

func (c *cli) token() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: c.say("令牌：谁可以为哪个单位做什么", "tokens: who may do what for which unit"),
		Long: c.say(`令牌说明持有人是谁、可以为哪个单位（及其下级）做什么。只要生成过一个令牌，访问服务就都要出示令牌，本机也一样；
令牌的名称随它登记的每个事件记录在案。令牌文件在数据目录里，只保存校验值，不保存令牌本身；服务运行时也可以生成和
撤销，立即生效。

命令从环境变量 KAOHE_TOKEN 或 --token-file 读取令牌；其他程序用请求头 Authorization: Bearer 令牌。`,
			`A token says who holds it, and what that person or script may do for a unit and those below. From the first token on
everybody must show one, on this machine too; its name is recorded with every event that it records. Tokens are kept in the
data directory, only as hashes. They can be made and revoked while the daemon runs, with effect at once.

Commands take the token from the environment, KAOHE_TOKEN, or from --token-file; other programs send the header
Authorization: Bearer TOKEN.`),
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return c.unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(c.tokenCreate(), c.tokenList(), c.tokenRevoke())
	return cmd
}

// tokenData adds --data to a command.
func (c *cli) tokenData(cmd *cobra.Command) *string {
	return cmd.Flags().String("data", "", c.say("服务的数据目录（默认 $KAOHE_DATA，否则 ./kaohe-data）", "data directory of the daemon (default $KAOHE_DATA, else ./kaohe-data)"))
}

// tokens opens the tokens of a data directory.
func (c *cli) tokens(data string) (*access.Store, string, error) {
	data = cmp.Or(data, c.env("KAOHE_DATA"), "kaohe-data")
	if err := natslog.CheckDir(data); err != nil {
		return nil, "", err
	}
	if full, err := filepath.Abs(data); err == nil {
		data = full
	}
	store, err := access.Open(filepath.Join(data, access.File), time.Now)
	return store, data, err
}

// unreadableTokens says what is wrong with the file, and what to do.
func (c *cli) unreadableTokens(err error) string {
	var e *access.UnreadableError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Gone {
		return c.sayf("令牌文件 %s 不见了，谁也不能进入\n  请从备份恢复它；没有备份就用 kaohe token create 重新生成令牌，以前发出的全部失效；要回到不用令牌，连同 %[1]s.lock 一起删除",
			"the tokens, %s, are gone, so that nobody is let in\n  restore the file from a backup; if there is none make new tokens with kaohe token create: those given out before are unknown then; to do without tokens remove %[1]s.lock too", e.File)
	}
	return c.sayf("令牌文件 %s 读不了，谁也不能进入: %v\n  请从备份恢复它；没有备份就移走它，再用 kaohe token create 重新生成令牌，以前发出的全部失效",
		"the tokens, %s, cannot be read, so that nobody is let in: %v\n  restore the file from a backup; if there is none move it away and make new tokens with kaohe token create: those given out before are unknown then", e.File, e.Err)
}

// tokenFlags are the flags that give a field of a token.
var tokenFlags = map[string]string{"name": "--name", "org": "--org", "can": "--can", "expires": "--expires"}

// invalidToken says what a token cannot be.
func (c *cli) invalidToken(err error) error {
	var invalid *access.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	if invalid.Got == "" {
		return c.usagef("缺少选项 %s：%s", "flag %s is missing: %s", tokenFlags[invalid.Field], invalid.Want.In(c.lang))
	}
	return c.usagef("选项 %s 不能是 %q，应为%s", "flag %s cannot be %q, expected %s", tokenFlags[invalid.Field], invalid.Got, invalid.Want.In(c.lang))
}

// stateWords say whether a token lets in.
var stateWords = map[access.State]events.Text{
	access.Live:    {ZH: "有效", EN: "live"},
	access.Expired: {ZH: "已过期", EN: "expired"},
	access.Revoked: {ZH: "已撤销", EN: "revoked"},
}
