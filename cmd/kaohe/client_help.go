package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// connectionHelp is the help on what all commands have in common that talk to a server. It is no command.
func (c *cli) connectionHelp() *cobra.Command {
	topic := &cobra.Command{
		Use: "connection",
		Long: c.say(`命令怎样找到服务，怎样表明身份

服务地址，依次取: --server；--context 所指的；$KAOHE_SERVER；$NATS_URL；$NATS_CONTEXT 所指的；`+defaultServer+`
  http://主机:端口、https://…      HTTP
  nats://主机:端口、tls://…        NATS，可写几个，用逗号隔开；命令用法不变

令牌，依次取: --token-file 文件；$KAOHE_TOKEN（令牌本身）；$KAOHE_TOKEN_FILE（文件）。令牌由服务的管理员用 kaohe token create
发给。令牌不写在命令行上，也不写在地址里，那样旁人看得到；不加密的连接只在本机用，往别处发令牌要 https:// 或 TLS，除非加
--insecure-token。

NATS 与 nats 命令相同: 凭据依次取 --creds、--nkey、令牌、$NATS_CREDS、$NATS_NKEY、$NATS_USER 和 $NATS_PASSWORD、context 里的；
另有 $NATS_CA、$NATS_CERT、$NATS_KEY。--server 与 --context 同用时，地址以 --server 为准，其余用 context 的。

以下选项，凡是要连服务的命令都有:`,
			`How commands find the server, and say who asks

The address is, in this order: --server; that of --context; $KAOHE_SERVER; $NATS_URL; that of $NATS_CONTEXT;
`+defaultServer+`
  http://HOST:PORT, https://...   over HTTP
  nats://HOST:PORT, tls://...     over NATS, several with commas between them; the commands are the same

The token is, in this order: in --token-file FILE; $KAOHE_TOKEN itself; in the file $KAOHE_TOKEN_FILE. Whoever runs the server
makes one with kaohe token create. It is never given on the command line or in an address, where others can read it, and never
sent to another machine unencrypted: use https:// or TLS there, or say --insecure-token.

NATS is as with the nats CLI. Credentials are, in this order: --creds, --nkey, the token, $NATS_CREDS, $NATS_NKEY, $NATS_USER
and $NATS_PASSWORD, those of the context; $NATS_CA, $NATS_CERT and $NATS_KEY count too. Of --server and --context
together the address is that of --server, the rest that of the context.

These flags have all commands that talk to a server:`),
		Example: c.examples(
			"KAOHE_TOKEN_FILE=~/.kaohe-token kaohe gaps --server https://kaohe.example.gov.cn", "经 HTTPS，令牌在文件里", "over HTTPS, with a token in a file",
			"kaohe gaps --server https://10.0.0.5:8470 --tls-ca ca.pem", "证书由本单位自己的 CA 签发", "with a certificate of a CA of one's own",
			"kaohe gaps --context bureau", "经 NATS，用 nats context add 建的 context", "over NATS, by a context made with nats context add"),
	}
	c.serverFlag(topic)
	topic.Flags().VisitAll(func(f *pflag.Flag) { f.Hidden = false })
	topic.SetUsageTemplate("{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}\n\n" + c.say("示例:", "Examples:") + "\n{{.Example}}\n")
	return topic
}
