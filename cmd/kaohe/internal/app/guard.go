package app

import (
	"net"
	"net/http"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/api"
)

// guarded keeps pages in a browser on this machine from reading figures and recording facts behind its user's back.
// Requests that change something are refused across origins. That alone is not enough: a page can have the name of its
// own server resolve to this machine (DNS rebinding), and is of the same origin then. But its requests carry that name as
// Host, so only names of this machine are answered. Where everybody must show a token a page has none, and names are free.
func (a *App) guarded(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	origins.SetDenyHandler(http.HandlerFunc(denyOrigin))
	protected := origins.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.tokens.Guarded() && !a.isOurs(r.Host) {
			misdirected(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// isOurs tells whether a Host header, with any port or none, names this machine or the host that we were told to listen on.
func (a *App) isOurs(hostport string) bool {
	host := hostOf(hostport)
	if ip := net.ParseIP(host); strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() {
		return true
	}
	return host != "" && strings.EqualFold(host, hostOf(a.opts.Listen))
}

// hostOf takes the port off, and the brackets of an IPv6 address.
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	if inner, ok := strings.CutPrefix(hostport, "["); ok {
		return strings.TrimSuffix(inner, "]")
	}
	return hostport
}

func misdirected(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	api.NewProblem(http.StatusMisdirectedRequest, "host", events.Text{ZH: "不是本服务的主机名", EN: "not a name of this server"}, events.Text{
		ZH: "只回答发给 localhost、127.0.0.1 或 [::1] 的请求；经代理访问时，请让代理把 Host 设为其中之一",
		EN: "Only requests to localhost, 127.0.0.1 or [::1] are answered; have a proxy set Host to one of them.",
	}, lang).Write(w, lang)
}

func denyOrigin(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	api.NewProblem(http.StatusForbidden, "cross_origin", events.Text{ZH: "拒绝跨源请求", EN: "cross-origin request refused"}, events.Text{
		ZH: "其他网站的页面不能通过浏览器登记事件", EN: "Pages of other sites cannot record events through a browser.",
	}, lang).Write(w, lang)
}
