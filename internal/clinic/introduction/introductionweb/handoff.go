// Routes of this part.

package introductionweb

import "seedbed/internal/platform/web"

func (h *Web) handoffRoutes() []web.Route { return nil }
