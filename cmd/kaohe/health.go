package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthTime is how long the server may take to say how it is, unless told otherwise. The supervisors of containers give
// up after some seconds themselves, and then say less about the reason.
const healthTime = 3 * time.Second

func (c *cli) health() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "health",
		Short: c.say("服务是否就绪", "ask whether the server is ready"),
		Long: c.say(`问服务是否就绪：日志已读完，数字完整，可以登记。就绪时退出码为 0，否则为 1 并说明原因。只问一次，不等待。
不需要令牌。容器里没有 curl 时，用它做健康检查。`,
			`Asks whether the server has read its log, so that figures are complete, and takes events. Ends with 0 if it is ready, with 1
and the reason if it is not. It asks once and does not wait. No token is needed. It is the health check of containers, which
have no curl.`),
		Example: c.examples(
			"kaohe health", "本机的服务", "the server on this machine",
			"kaohe health --server https://kaohe.example:8470 --timeout 1s", "别处的服务，至多等一秒", "one elsewhere, which has a second to answer"),
		Args: c.noArgs,
	}
	server := c.serverFlag(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", healthTime, c.say("至多等多久", "how long it may take to answer"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		if timeout <= 0 {
			return c.usagef("选项 --timeout 不能是 %s，应大于零，如 3s", "flag --timeout cannot be %s, expected more than nothing, such as 3s", timeout)
		}
		cl, err := c.client(*server)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		return cl.health(ctx, timeout)
	}
	return cmd
}

// health says that the server is ready, or returns why it is not. It asks once: whoever wants to know now is not helped by
// an answer that was waited for.
func (cl *client) health(ctx context.Context, timeout time.Duration) error {
	a, err := cl.by.try(ctx, request{method: http.MethodGet, path: "/readyz"})
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return cl.c.errorf("未就绪: %s 在 %s 内没有回答", "not ready: %s does not answer within %s", cl.base, timeout)
	case err != nil:
		return cl.unanswered(ctx, err)
	case a.status != http.StatusOK:
		// Whatever was answered, by whomever: a supervisor knows 0 and 1, and that the command was used wrongly is not said of it.
		return errors.New(cl.base + ": " + strings.TrimPrefix(cl.problem(a).Error(), cl.base+": "))
	}
	cl.c.line(cl.c.stdout, cl.c.say("已就绪: ", "ready: ")+cl.base)
	return nil
}
