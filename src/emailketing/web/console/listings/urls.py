from django.urls import path

from emailketing.web.console.listings import files, views

urlpatterns = [
    path("listings/", views.ListingsPage.as_view(), name="listings"),
    path("listings/<str:name>/", views.ListingPage.as_view(), name="listing"),
    path("listings/<str:name>/rows/", views.ListingRows.as_view(), name="listing_rows"),
    path(
        "listings/<str:name>/file/<str:ending>/", files.ListingFile.as_view(), name="listing_file"
    ),
    path("listings/<str:name>/delete/", views.ListingDelete.as_view(), name="listing_delete"),
]
